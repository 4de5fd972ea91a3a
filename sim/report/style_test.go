package report

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// schemes are the style sheet's variables in light and in dark.
func schemes(t *testing.T) map[string]map[string]string {
	t.Helper()
	blocks := regexp.MustCompile(`(?s):root \{(.*?)\n *\}`).FindAllStringSubmatch(styleText, -1)
	if len(blocks) != 2 {
		t.Fatalf("%d blocks of variables, want one for light and one for dark", len(blocks))
	}
	read := func(block string) map[string]string {
		values := map[string]string{}
		for _, m := range regexp.MustCompile(`--([\w-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(block, -1) {
			values[m[1]] = m[2]
		}
		return values
	}
	return map[string]map[string]string{"light": read(blocks[0][1]), "dark": read(blocks[1][1])}
}

// luminance is that of WCAG 2, section 1.4.3.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		t.Fatalf("no colour: %q", colour)
	}
	linear := func(c uint64) float64 {
		v := float64(c&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(n>>16) + 0.7152*linear(n>>8) + 0.0722*linear(n)
}

// contrast is the ratio of WCAG 2.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a)+0.05, luminance(t, b)+0.05
	return max(x, y) / min(x, y)
}

// TestVariables checks that both schemes have every colour that is used.
func TestVariables(t *testing.T) {
	m, _ := whole(t)
	for name, values := range schemes(t) {
		for _, used := range regexp.MustCompile(`var\(--([\w-]+)\)`).FindAllStringSubmatch(string(m.html), -1) {
			if values[used[1]] == "" {
				t.Errorf("%s: no colour for %s", name, used[1])
			}
		}
		for _, paint := range names[ink:] {
			if values[paint] == "" {
				t.Errorf("%s: no colour for the paint %s", name, paint)
			}
		}
	}
}

// TestContrast checks that text and marks stand out from what they are on (WCAG 2.2, 1.4.3 and 1.4.11).
func TestContrast(t *testing.T) {
	for name, values := range schemes(t) {
		pairs := []struct {
			over, on string
			least    float64
		}{
			{"ink", "paper", 7}, {"ink", "panel", 7}, {"muted", "paper", 4.5}, {"link", "paper", 4.5}, {"good", "paper", 4.5}, {"good", "panel", 4.5},
			{"bad", "paper", 4.5}, {"bad", "panel", 4.5}, {"bad", "bad-soft", 3}, {"c1", "paper", 3}, {"c2", "paper", 3}, {"c3", "paper", 3}, {"c1", "c1-soft", 3},
		}
		for step := range heatSteps {
			pairs = append(pairs, struct {
				over, on string
				least    float64
			}{fmt.Sprintf("h%d-text", step), fmt.Sprintf("h%d", step), 4.5})
		}
		for _, p := range pairs {
			if got := contrast(t, values[p.over], values[p.on]); got < p.least {
				t.Errorf("%s: %s on %s has a contrast of %.2f, want %.1f", name, p.over, p.on, got, p.least)
			}
		}
		for step := 1; step < int(heatSteps); step++ {
			if got := contrast(t, values[fmt.Sprintf("h%d", step-1)], values[fmt.Sprintf("h%d", step)]); got < 1.25 {
				t.Errorf("%s: steps %d and %d of the heat map differ by a contrast of %.2f only", name, step-1, step, got)
			}
		}
	}
}

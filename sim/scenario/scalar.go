package scenario

import (
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// setText sets v, a value that is no struct and no list, from its text.
func setText(v reflect.Value, text string) error {
	if v.Kind() == reflect.Pointer {
		made := reflect.New(v.Type().Elem())
		if err := setText(made.Elem(), text); err != nil {
			return err
		}
		v.Set(made)
		return nil
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return setByItself(u, v.Type(), text)
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		return setBool(v, text)
	default:
		return setInt(v, text)
	}
	return nil
}

// setByItself has a value read itself; the texts of netip's errors are for
// programmers.
func setByItself(u encoding.TextUnmarshaler, t reflect.Type, text string) error {
	err := u.UnmarshalText([]byte(text))
	if err == nil && text != "" {
		return nil
	}
	switch t.String() {
	case "netip.Prefix":
		return fmt.Errorf("%q is no address with a network: want one such as 192.168.0.2/24", text)
	case "netip.Addr":
		return fmt.Errorf("%q is no IP address: want one such as 192.168.0.1", text)
	}
	return err
}

func setBool(v reflect.Value, text string) error {
	if text != "true" && text != "false" {
		return fmt.Errorf("%q is neither true nor false", text)
	}
	v.SetBool(text == "true")
	return nil
}

func setInt(v reflect.Value, text string) error {
	n, err := strconv.ParseInt(text, 10, 64)
	if errors.Is(err, strconv.ErrRange) || err == nil && v.OverflowInt(n) {
		return fmt.Errorf("%s is too large", text)
	}
	if err != nil || strconv.FormatInt(n, 10) != text {
		return fmt.Errorf("%q is no whole number", text)
	}
	v.SetInt(n)
	return nil
}

// textOf is the text of a scalar, as a file would have it; "" for a nil
// pointer.
func textOf(v reflect.Value) string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		return textOf(v.Elem())
	}
	if m, ok := v.Interface().(encoding.TextMarshaler); ok {
		text, err := m.MarshalText()
		if err != nil {
			return err.Error()
		}
		return string(text)
	}
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	}
	return strconv.FormatInt(v.Int(), 10)
}

// checkValue returns what is wrong with a scalar: its range, or that it is none
// of some words.
func (f *field) checkValue(v reflect.Value) error {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if len(f.enum) > 0 && !slices.Contains(f.enum, v.String()) {
		return fmt.Errorf("%q is none of %s", v.String(), strings.Join(f.enum, ", "))
	}
	least, most := f.bound(v, f.min), f.bound(v, f.max)
	if !least.IsValid() && f.max != "" {
		least = reflect.Zero(v.Type())
	}
	if least.IsValid() && compare(v, least) < 0 || most.IsValid() && compare(v, most) > 0 {
		return fmt.Errorf("%s is out of range: want %s", textOf(v), f.rangeText(v.Type()))
	}
	return nil
}

// rangeText says which values a key takes; "" if all.
func (f *field) rangeText(t reflect.Type) string {
	switch {
	case f.min != "" && f.max != "":
		return f.min + " to " + f.max
	case f.max != "":
		return textOf(reflect.Zero(t)) + " to " + f.max
	case f.min != "":
		return f.min + " or more"
	}
	return ""
}

// bound returns a limit as a value like v, the zero Value if there is none.
func (f *field) bound(v reflect.Value, text string) reflect.Value {
	if text == "" {
		return reflect.Value{}
	}
	limit := reflect.New(v.Type()).Elem()
	if err := setText(limit, text); err != nil {
		panic(fmt.Sprintf("scenario: limit of %s: %v", f.name, err))
	}
	return limit
}

func compare(a, b reflect.Value) int {
	if a.CanFloat() {
		return cmp.Compare(a.Float(), b.Float())
	}
	return cmp.Compare(a.Int(), b.Int())
}

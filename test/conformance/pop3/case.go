package pop3

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// vector is one case: a scripted server and a list of client calls, with what
// the reference implementation answered.
type vector struct {
	Suite   string       `json:"suite"`
	Name    string       `json:"name"`
	Profile string       `json:"profile"`
	About   string       `json:"about"`
	Config  vectorConfig `json:"config"`
	Client  clientConfig `json:"client"`
	Server  serverConfig `json:"server"`
	Steps   []step       `json:"steps"`
}

type vectorConfig struct {
	TicksPerSecond    int    `json:"ticks_per_second"`
	ReplyTimeoutTicks uint32 `json:"reply_timeout_ticks"`
}

type clientConfig struct {
	IPVersion  int         `json:"ip_version"`
	Pool       poolConfig  `json:"pool"`
	IPPool     *poolConfig `json:"ip_pool"`
	TCPEnabled *bool       `json:"tcp_enabled"`
	IPCreated  *bool       `json:"ip_created"`
}

type poolConfig struct {
	Payload uint32 `json:"payload"` // bytes per packet
	Packets int    `json:"packets"`
	Initial uint32 `json:"initial"` // available before the first step
}

type serverConfig struct {
	Listen bool   `json:"listen"`
	Script []rule `json:"script"`
}

// rule says what the server sends when a line with a prefix has arrived.
type rule struct {
	On    string `json:"on"` // "accept", or the prefix
	Send  []item `json:"send"`
	Times int    `json:"times"` // how often it may be used; 0 means once
}

// step is one call and its answer.
type step struct {
	Op  string         `json:"op"`
	In  input          `json:"in"`
	Out map[string]any `json:"out"`
}

// input holds the arguments of every kind of call.
type input struct {
	API      string `json:"api"`
	APOP     any    `json:"apop"` // false, true or a number
	Address  string `json:"address"`
	Port     uint32 `json:"port"`
	User     string `json:"user"`
	Password string `json:"password"`
	Index    uint32 `json:"index"`
	Release  bool   `json:"release"`
	Ticks    uint32 `json:"ticks"`
	Leave    uint32 `json:"leave"`
	Null     string `json:"null"` // the pointer argument that is null
}

// apop returns the argument as C gets it.
func (in input) apop() uint32 {
	switch v := in.APOP.(type) {
	case bool:
		if v {
			return 1
		}
	case float64:
		return uint32(v)
	}
	return 0
}

// item is one entry of the server's send queue.
type item struct {
	segment []byte
	now     bool   // needs no waiting client
	delay   uint32 // ticks
	close   string // "fin", "rst" or nothing
	blocked bool   // the close needs a waiting client
}

// UnmarshalJSON reads the five spellings of an item.
func (it *item) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*it = item{segment: latin1(text)}
		return nil
	}
	var object struct {
		Parts   []filler `json:"parts"`
		Now     bool     `json:"now"`
		Delay   uint32   `json:"delay"`
		Close   string   `json:"close"`
		Blocked bool     `json:"blocked"`
	}
	if err := strict(b, &object); err != nil {
		return err
	}
	*it = item{now: object.Now, delay: object.Delay, close: object.Close, blocked: object.Blocked}
	for _, part := range object.Parts {
		it.segment = append(it.segment, part...)
	}
	return nil
}

// filler is a part of a segment: a string, or bytes made by a rule.
type filler []byte

// UnmarshalJSON reads both spellings.
func (f *filler) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*f = latin1(text)
		return nil
	}
	var fill struct{ Fill, Len, Off int }
	if err := strict(b, &fill); err != nil {
		return err
	}
	for i := fill.Off; i < fill.Off+fill.Len; i++ {
		*f = append(*f, byte(33+(fill.Fill*31+i*7+i/64)%94))
	}
	return nil
}

// strict decodes JSON and refuses what it does not know.
func strict(b []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(to)
}

// latin1 returns the bytes of a string whose code points are byte values.
func latin1(s string) []byte {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return b
}

// fromLatin1 is the inverse of latin1.
func fromLatin1(b []byte) string {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

// parse reads a case.
func parse(raw []byte) (*vector, error) {
	v := new(vector)
	if err := strict(raw, v); err != nil {
		return nil, fmt.Errorf("pop3 vector: %w", err)
	}
	return v, nil
}

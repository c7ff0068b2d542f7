package wire

import (
	"bytes"
	"testing"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		event Event
		want  string
	}{
		{Event{Network: "tcp"}, "connect"},
		{Event{Network: "udp"}, ""},
		{Event{Kind: Ended}, "end"},
		{Event{Kind: Reset}, "reset"},
		{Event{Kind: Refused}, "refused"},
		{Event{Kind: Data}, `""`},
		{Event{Kind: Data, Data: []byte("\x1b\xff\n"), Fate: Dropped}, `"\x1b\xff\n" (lost)`},
		{Event{Kind: Data, Data: bytes.Repeat([]byte("0123456789"), 7), Fate: Repeated},
			`"0123456789012345678901234567890123456789012345678901234567890123" (length 70) (twice)`},
	} {
		if got := test.event.Text(); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

package check

import (
	"io"
	"strings"
	"testing"
	"time"

	"bothends/shared/script"
)

func TestClock(t *testing.T) {
	here := time.FixedZone("here", 2*60*60)
	now := time.Date(2026, time.November, 3, 8, 0, 0, 500e6, here)
	for _, test := range []struct {
		came string
		err  error
		want string
	}{
		{"Tue Nov  3 08:00:00 2026", io.EOF, "a newline (0a) is missing"},
		{"Tue Nov  3 08:00:00 2026\r\n", nil, "it is 0d 0a"},
		{"Tue Nov  3 08:00:00 2026\n\x00", nil, "a byte 0"},
		{"Tue Nov  3 08:00:00 2026\x00", io.EOF, "a byte 0"},
		{"Tue Nov  3 08:00:00 2026\nBye\n", nil, `More came behind the line: "Bye\n"`},
		{"Tue Nov 03 08:00:00 2026\n", nil, "a single digit has a space"},
		{"Tue Nov  3 08:", io.EOF, "not the whole line: after it came the end of the stream"},
		{"2026-11-03 08:00:00\n", nil, "The form is another one"},
		{"2026-11-03 08:00:00.123456", io.EOF, "The form is another one"},
		{"Tue Nov  3 06:00:00 2026\n", nil, "in UTC"},
		{"Tue Nov  3 09:00:00 2026\n", nil, "an hour ahead"},
		{"Tue Nov  3 04:00:00 2026\n", nil, "4 hours behind"},
		{"Tue Nov  3 08:07:00 2026\n", nil, "7 minutes ahead"},
		{"Tue Nov  3 07:59:57 2026\n", nil, "some seconds behind"},
		{"Thu Jan  1 02:00:00 1970\n", nil, "1970"},
		{"Mon Jan  2 15:04:05 2006\n", nil, "another day. Is it a fixed text?"},
	} {
		f := script.Failure{Kind: script.Differs, Came: []byte(test.came), Clock: now, Err: test.err}
		if got := clock(f, here); !strings.Contains(got, test.want) {
			t.Errorf("%q\ngot:  %s\nwant: %s", test.came, got, test.want)
		}
	}
}

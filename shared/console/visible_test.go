package console

import "testing"

func TestVisible(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{"plain, è, 日本, 🙂\n\ttext\n", "plain, è, 日本, 🙂\n\ttext\n"},
		{"\x00\a\r", "␀␇␍"},
		{"\x1b]0;mine\a", "␛]0;mine␇"},
		{"\x1f \x7f", "␟ ␡"},
		{"\xff\xfe", `\xff\xfe`},
		{"a\xe8", `a\xe8`}, // the beginning of a letter
		{"\ufffd", "\ufffd"},
		{"\u0080\u009b31m", `\u0080\u009b31m`}, // C1 controls, as UTF-8
		{"\x9b31m", `\x9b31m`},                 // and as a byte
		{"\u202egpj.exe", `\u202egpj.exe`},
		{"\u2028\ufeff\u00a0", `\u2028\ufeff\u00a0`},
		{`it's \x1b`, `it's \x1b`},
	} {
		if got := Visible(test.in); got != test.want {
			t.Errorf("Visible(%q)\ngot:  %q\nwant: %q", test.in, got, test.want)
		}
	}
}

// TestVisibleBytes checks that no byte alone gets through that could steer a
// terminal.
func TestVisibleBytes(t *testing.T) {
	for b := range 256 {
		for _, r := range Visible(string([]byte{byte(b)})) {
			if (r < ' ' && r != '\n' && r != '\t') || (r >= 0x7f && r < 0xa0) {
				t.Errorf("byte %#02x shows as %q", b, r)
			}
		}
	}
}

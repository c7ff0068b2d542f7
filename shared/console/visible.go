package console

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible returns s with everything in it that could steer a terminal made
// visible: each control character but newline and tab becomes its picture
// (␛ for escape, U+241B), and whatever else cannot be printed an escape of
// Go's, such as \x9b or \u202e.
func Visible(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch _, size := utf8.DecodeRuneInString(s[i:]); {
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r < ' ':
			b.WriteRune('␀' + r)
		case r == 0x7f:
			b.WriteRune('␡')
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

// Text is what a program prints, which comes in pieces.
type Text struct {
	rest []byte // the beginning of a character that is not complete, or of "\r\n"
}

// Next returns the next piece, made Visible, with lines that end in "\n". What
// is not complete waits for what comes.
func (t *Text) Next(b []byte) string {
	text := append(t.rest, b...)
	n := len(text) - unfinished(text)
	t.rest = append([]byte(nil), text[n:]...)
	return Visible(strings.ReplaceAll(string(text[:n]), "\r\n", "\n"))
}

// Rest returns what still waits, made Visible: no more will come.
func (t *Text) Rest() string {
	s := Visible(string(t.rest))
	t.rest = nil
	return s
}

// unfinished returns how many bytes at the end of b begin a character that is
// not complete, or "\r\n".
func unfinished(b []byte) int {
	if bytes.HasSuffix(b, []byte("\r")) {
		return 1
	}
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			break
		}
	}
	return 0
}

package console

import (
	"strconv"
	"unicode/utf8"
)

// Bytes returns the bytes that text stands for: \n, \xff and the like are Go's
// escapes, and everything else is itself, be it text or not. The error is
// strconv.ErrSyntax, where a backslash begins no escape.
func Bytes(text string) ([]byte, error) {
	b := []byte{}
	for len(text) > 0 {
		if text[0] != '\\' {
			b = append(b, text[0])
			text = text[1:]
			continue
		}
		r, multibyte, rest, err := strconv.UnquoteChar(text, '"')
		if err != nil {
			return nil, err
		}
		if text = rest; multibyte {
			b = utf8.AppendRune(b, r)
		} else {
			b = append(b, byte(r))
		}
	}
	return b, nil
}

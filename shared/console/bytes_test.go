package console

import "testing"

func TestBytes(t *testing.T) {
	for text, want := range map[string]string{
		"":                 "",
		`a"b\"c`:           `a"b"c`,
		`\n\t\\\xff\u00e8`: "\n\t\\\xff\xc3\xa8",
		"caf\xe9 è":        "caf\xe9 è",
	} {
		if got, err := Bytes(text); err != nil || string(got) != want {
			t.Errorf("%q: %q, error %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{`\`, `\q`, `\x1`, `a\'`} {
		if got, err := Bytes(text); err == nil {
			t.Errorf("%q: %q", text, got)
		}
	}
}

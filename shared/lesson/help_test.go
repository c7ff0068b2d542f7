package lesson

import (
	"context"
	"os"
	"testing"
)

func TestDefaultAddr(t *testing.T) {
	t.Parallel()
	const rest = "  -timeout duration\n    \twait so long (default \"5s\")\n"
	for help, want := range map[string]string{
		"usage: x\n  -addr host:port\n    \tlisten on host:port (default \"127.0.0.1:1\")\n" + rest: "127.0.0.1:1",
		"  -addr host:port\n    \tthe address\n    \tof it (default \"[::1]:2\")\n":                 "[::1]:2",
		"  -addr host:port\n    \tthere is none\n" + rest:                                           "",
		"  -address string\n    \t (default \"127.0.0.1:1\")\n":                                     "",
		"  -x string\n    \tsee -addr (default \"y\")\n":                                            "",
		"": "",
	} {
		if got := defaultAddr(help); got != want {
			t.Errorf("%q: got %q, want %q", help, got, want)
		}
	}
}

func TestDefaultAddrAsked(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const want = "127.0.0.1:3"
	env := append(os.Environ(), "HELP=  -addr host:port\n    \t(default \""+want+"\")\n")
	late, cancel := context.WithCancel(t.Context())
	cancel()
	if got := DefaultAddr(late, exe, env); got != "" {
		t.Errorf("too late: %q", got)
	}
	if got := DefaultAddr(t.Context(), exe, env); got != want {
		t.Errorf("in time: %q", got)
	}
}

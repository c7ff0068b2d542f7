package lesson

import (
	"context"
	"os/exec"
	"strings"
)

// DefaultAddr returns the default of a program's flag -addr as its -h tells it;
// "" if it has none. env is the program's environment; nil means ours. Where
// the context ends before the program does, the address is not known: "".
func DefaultAddr(ctx context.Context, exe string, env []string) string {
	cmd := exec.CommandContext(ctx, exe, "-h")
	cmd.Env = env
	help, _ := cmd.CombinedOutput()
	if ctx.Err() != nil { // it was cut off
		return ""
	}
	return defaultAddr(string(help))
}

// defaultAddr finds it in what -h prints: package flag's form.
func defaultAddr(help string) string {
	_, rest, _ := strings.Cut("\n"+help, "\n  -addr ")
	usage, _, _ := strings.Cut(rest, "\n  -")
	_, quoted, _ := strings.Cut(usage, `(default "`)
	addr, _, _ := strings.Cut(quoted, `"`)
	return addr
}

//go:build unix && !linux

package lesson

import (
	"os/exec"
	"syscall"
)

// ownGroup puts cmd in its own process group.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

//go:build unix && !linux

package lesson

import (
	"os/exec"
	"syscall"
)

// ownGroup puts cmd in its own process group.
func ownGroup(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
}

package lesson

import (
	"os/exec"
	"syscall"
)

// ownGroup puts cmd in its own process group. Should we die without a chance
// to stop it, the kernel does.
func ownGroup(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
}

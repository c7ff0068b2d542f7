package lesson

import (
	"os/exec"
	"syscall"
)

// ownGroup puts cmd in its own process group. Should we die without a chance
// to stop it, the kernel does.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

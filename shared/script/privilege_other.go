//go:build !linux

package script

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
)

// lowPortsPrivileged reports whether only root may listen at ports below 1024.
func lowPortsPrivileged() bool { return runtime.GOOS != "windows" }

// giveUpPrivilege has cmd run without the powers of root.
func giveUpPrivilege(*exec.Cmd) error {
	if os.Geteuid() == 0 {
		return errors.New("unprivileged: do not run the tests as root")
	}
	return nil
}

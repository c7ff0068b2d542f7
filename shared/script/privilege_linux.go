package script

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// lowPortsPrivileged reports whether only root may listen at ports below 1024.
func lowPortsPrivileged() bool {
	first, err := os.ReadFile("/proc/sys/net/ipv4/ip_unprivileged_port_start")
	return err != nil || strings.TrimSpace(string(first)) == "1024"
}

// giveUpPrivilege has cmd run without the powers of root. In a user namespace
// of its own it has none over the network, which is outside.
func giveUpPrivilege(cmd *exec.Cmd) error {
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER}
	}
	return nil
}

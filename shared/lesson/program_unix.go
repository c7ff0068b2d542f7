//go:build unix

package lesson

import (
	"os"
	"os/exec"
	"syscall"
)

func interrupt(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
func dump(cmd *exec.Cmd) error      { return syscall.Kill(-cmd.Process.Pid, syscall.SIGQUIT) }
func kill(cmd *exec.Cmd)            { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// killRest kills the children that a program has left behind when it ended.
func killRest(cmd *exec.Cmd) { kill(cmd) }

func interrupted(s *os.ProcessState) bool {
	w := s.Sys().(syscall.WaitStatus)
	return w.Signaled() && w.Signal() == syscall.SIGINT
}

func status(s *os.ProcessState) int {
	if w := s.Sys().(syscall.WaitStatus); w.Signaled() {
		return 128 + int(w.Signal())
	}
	return s.ExitCode()
}

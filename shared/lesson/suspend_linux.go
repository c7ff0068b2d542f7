package lesson

import (
	"os/exec"

	"golang.org/x/sys/unix"
)

func suspend(cmd *exec.Cmd) error {
	if err := unix.Kill(-cmd.Process.Pid, unix.SIGSTOP); err != nil {
		return err
	}
	// The signal takes a moment. WNOWAIT leaves the news for others to see,
	// and an end is not waited for: that is for cmd.Wait.
	for {
		err := unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, unix.WSTOPPED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return err
		}
	}
}

func resume(cmd *exec.Cmd) error { return unix.Kill(-cmd.Process.Pid, unix.SIGCONT) }

package lesson

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

var consoleEvent = syscall.NewLazyDLL("kernel32.dll").NewProc("GenerateConsoleCtrlEvent")

const ctrlCExit = 0xc000013a // STATUS_CONTROL_C_EXIT

func ownGroup(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.CreationFlags |= syscall.CREATE_NEW_PROCESS_GROUP
}

// interrupt sends Ctrl-Break: Ctrl-C cannot be sent to one process group
// alone. A Go program takes either for os.Interrupt.
func interrupt(cmd *exec.Cmd) error {
	if ok, _, err := consoleEvent.Call(syscall.CTRL_BREAK_EVENT, uintptr(cmd.Process.Pid)); ok == 0 {
		return err
	}
	return nil
}

func dump(*exec.Cmd) error { return errors.ErrUnsupported }

func kill(cmd *exec.Cmd) {
	exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run() // its children too
	cmd.Process.Kill()
}

func killRest(*exec.Cmd) {} // they are in no group, and cannot be told from others

func interrupted(s *os.ProcessState) bool { return uint32(s.ExitCode()) == ctrlCExit }

func status(s *os.ProcessState) int { return s.ExitCode() }

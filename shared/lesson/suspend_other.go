//go:build !linux

package lesson

import (
	"errors"
	"os/exec"
)

func suspend(*exec.Cmd) error { return errors.ErrUnsupported }
func resume(*exec.Cmd) error  { return errors.ErrUnsupported }

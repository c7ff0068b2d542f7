package lesson

import (
	"os/exec"
	"time"
)

// An outlet is package exec's own business here.
type outlet struct{}

func attach(*exec.Cmd) ([]*outlet, error) { return nil, nil }
func release([]*outlet)                   {}
func started([]*outlet)                   {}
func finish([]*outlet, time.Duration)     {}
func drain([]*outlet)                     { time.Sleep(10 * time.Millisecond) }

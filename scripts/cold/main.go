// Cold measures how long the first lesson takes to start on a machine that has
// nothing but Go: no compiled packages, no modules, no built lessons.
//
// Usage:
//
//	cold [-n pairs] [-max ratio] [-timeout duration]
//
// It times "go run ./scripts/run 01" until that prints "listening on", and in
// the same minute "go run" of the smallest program that does so, which imports
// flag, log and net. Of several pairs, each begins with the other one. The
// result is the median of the pairs' ratios; a ratio above -max is an error.
// Downloads count; what they take by themselves is shown too, as the time of
// "go list -deps ./scripts/run" with and without the modules.
//
// Lesson 01's port must be free.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"bothends/shared/lesson"
)

var (
	pairs   = flag.Int("n", 1, "measure `pairs` of runs")
	limit   = flag.Float64("max", 1.5, "fail above this `ratio`; 0 means never")
	timeout = flag.Duration("timeout", 5*time.Minute, "give up a run after this `long`")
)

const module = "module bare\n\ngo 1.25.0\n"

const bare = `package main

import (
	"flag"
	"fmt"
	"log"
	"net"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "listen on host:port")
	flag.Parse()
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr())
	listener.Accept()
}
`

func main() {
	log.SetFlags(0)
	log.SetPrefix("cold: ")
	flag.Parse()
	if flag.NArg() > 0 || *pairs < 1 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ratio, err := measure(ctx)
	if err != nil {
		log.Fatal(err)
	}
	if *limit > 0 && ratio > *limit {
		log.Fatalf("the ratio is above %.2f", *limit)
	}
}

// measure runs the pairs, prints what each takes, and returns the median ratio.
func measure(ctx context.Context) (ratio float64, err error) {
	root, err := lesson.Root()
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "cold-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	err = errors.Join(
		os.WriteFile(filepath.Join(dir, "go.mod"), []byte(module), 0o644),
		os.WriteFile(filepath.Join(dir, "main.go"), []byte(bare), 0o644))
	if err != nil {
		return 0, err
	}

	fmt.Println("lesson 01   bare program   ratio")
	var ratios []float64
	for i := range *pairs {
		var took [2]time.Duration
		for j := range took {
			which := (i + j) % 2
			if which == 0 {
				took[0], err = first(ctx, root, "run", "./scripts/run", "01")
			} else {
				took[1], err = first(ctx, dir, "run", ".")
			}
			if err != nil {
				return 0, err
			}
		}
		ratio := took[0].Seconds() / took[1].Seconds()
		fmt.Printf("%7.2f s %12.2f s %8.2f\n", took[0].Seconds(), took[1].Seconds(), ratio)
		ratios = append(ratios, ratio)
	}
	slices.Sort(ratios)
	ratio = (ratios[len(ratios)/2] + ratios[(len(ratios)-1)/2]) / 2
	fmt.Printf("median ratio %.2f\n", ratio)
	return ratio, downloads(ctx, root)
}

// first returns how long the go command, run in dir on a machine that has
// nothing, takes to the line that says where the program listens.
func first(ctx context.Context, dir string, args ...string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	defer cancel()
	env, clean, err := fresh(ctx)
	if err != nil {
		return 0, err
	}
	defer clean()
	var errs bytes.Buffer
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = dir, env
	cmd.Stdout, cmd.Stderr = io.Discard, &errs
	if _, err := cmd.StdinPipe(); err != nil { // a keyboard on which nobody types
		return 0, err
	}
	start := time.Now()
	p, err := lesson.Start(cmd)
	if err != nil {
		return 0, err
	}
	line, err := p.FirstLine(ctx)
	took := time.Since(start)
	stop(p)
	switch {
	case ctx.Err() != nil:
		return 0, fmt.Errorf("%v: not within %v", cmd, *timeout)
	case err != nil || !strings.Contains(line, "listening on "):
		return 0, fmt.Errorf("%v: the first line is %q\n%s", cmd, line, &errs)
	}
	return took, nil
}

// stop ends a program as Ctrl-C would: the runner stops the lesson's programs.
func stop(p *lesson.Program) {
	p.Interrupt()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	p.Wait(ctx)
	p.Kill()
	<-p.Done()
}

// downloads prints how long it takes to get the modules.
func downloads(ctx context.Context, root string) error {
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	defer cancel()
	env, clean, err := fresh(ctx)
	if err != nil {
		return err
	}
	defer clean()
	var took [2]time.Duration
	for i := range took {
		cmd := exec.CommandContext(ctx, "go", "list", "-deps", "./scripts/run")
		cmd.Dir, cmd.Env = root, env
		start := time.Now()
		if _, err := cmd.Output(); err != nil {
			return fmt.Errorf("%v: %w", cmd, err)
		}
		took[i] = time.Since(start)
	}
	fmt.Printf("go list -deps ./scripts/run: %.2f s with the downloads, %.2f s without\n",
		took[0].Seconds(), took[1].Seconds())
	return nil
}

// fresh returns the environment of a machine that has nothing, and a function
// that removes it. Where modules come from is as it was.
func fresh(ctx context.Context) (env []string, clean func(), err error) {
	flags, err := exec.CommandContext(ctx, "go", "env", "GOFLAGS").Output()
	if err != nil {
		return nil, nil, err
	}
	conf, err := exec.CommandContext(ctx, "go", "env", "GOENV").Output()
	if err != nil {
		return nil, nil, err
	}
	dir, err := os.MkdirTemp("", "cold-")
	if err != nil {
		return nil, nil, err
	}
	env = append(os.Environ(),
		"GOCACHE="+filepath.Join(dir, "build"),
		"GOMODCACHE="+filepath.Join(dir, "mod"),
		"GOPATH="+filepath.Join(dir, "go"),
		"GOENV="+strings.TrimSpace(string(conf)),
		"GOFLAGS="+strings.TrimSpace(string(flags))+" -modcacherw", // so that it can be removed
		"HOME="+dir, "XDG_CACHE_HOME="+dir, "XDG_CONFIG_HOME="+dir, // and with them the built lessons
		"LocalAppData="+dir, "AppData="+dir,
	)
	off := exec.CommandContext(ctx, "go", "telemetry", "off") // or a child of it goes on writing here
	off.Env = env
	if err := off.Run(); err != nil {
		os.RemoveAll(dir)
		return nil, nil, err
	}
	return env, func() { os.RemoveAll(dir) }, nil
}

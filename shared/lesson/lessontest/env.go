// Package lessontest helps to test what builds lessons.
package lessontest

import (
	"os/exec"
	"strings"
)

// Env returns the environment variables under which programs that are built are
// kept in dir, and not among what belongs to the user: name → value. The go
// command's own cache stays where it is; without it everything would be compiled
// again.
func Env(dir string) (map[string]string, error) {
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		return nil, err
	}
	return map[string]string{
		"GOCACHE": strings.TrimSpace(string(out)),
		// One of these is where os.UserCacheDir looks.
		"HOME": dir, "XDG_CACHE_HOME": dir, "LocalAppData": dir,
	}, nil
}

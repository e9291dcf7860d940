package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Hellos are programs that say hello and could do more, in folders of hello.
func Hellos() []string {
	return []string{"nothing", "nethttp", "sdk", "hcloud", "github", "openai", "r3labs"}
}

// A Hello is what a program costs before it does anything.
type Hello struct {
	// Size is the size of the binary.
	Size int64
	// Packages counts those compiled in, Foreign those that are neither the standard library's nor of the program's own modules.
	Packages, Foreign int
	// Init is what the initialization of all packages takes, OwnInit that of the packages under Module.
	Init, OwnInit Init
}

// Init is a cost of initialization.
type Init struct {
	Packages, Allocs, Bytes int
	Time                    time.Duration
}

// Module is the SDK's.
const Module = "github.com/clevercloud-go/clevercloud"

// Start builds the program of that name, from the folder of this package, and starts it that many times.
func Start(name string, times int) (h Hello, err error) {
	dir, err := os.MkdirTemp("", "hello")
	if err != nil {
		return h, err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, name)
	if out, err := exec.Command("go", "build", "-o", program, "./hello/"+name).CombinedOutput(); err != nil {
		return h, fmt.Errorf("%w: %s", err, out)
	}
	info, err := os.Stat(program)
	if err != nil {
		return h, err
	}
	h.Size = info.Size()
	if err := h.count(name); err != nil {
		return h, err
	}
	for range times {
		if err := h.trace(program); err != nil {
			return h, err
		}
	}
	return h, nil
}

func (h *Hello) count(name string) error {
	out, err := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard", "./hello/"+name).Output()
	if err != nil {
		return err
	}
	for packages := json.NewDecoder(bytes.NewReader(out)); packages.More(); {
		var p struct {
			ImportPath string
			Standard   bool
		}
		if err := packages.Decode(&p); err != nil {
			return err
		}
		h.Packages++
		if !p.Standard && p.ImportPath != Module+"/bench/hello/"+name {
			h.Foreign++
		}
	}
	return nil
}

// trace reads the lines that the runtime writes about each package that has something to initialize. The fastest start counts.
func (h *Hello) trace(program string) error {
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var lines bytes.Buffer
	cmd.Stderr = &lines
	if err := cmd.Run(); err != nil {
		return err
	}
	var all, own Init
	for line := range strings.Lines(lines.String()) {
		// init internal/bytealg @0.008 ms, 0 ms clock, 0 bytes, 0 allocs
		fields := strings.Fields(line)
		if len(fields) < 10 || fields[0] != "init" {
			continue
		}
		all.add(fields)
		if strings.HasPrefix(fields[1], Module) {
			own.add(fields)
		}
	}
	if h.Init.Packages == 0 || all.Time < h.Init.Time {
		h.Init, h.OwnInit = all, own
	}
	return nil
}

func (i *Init) add(fields []string) {
	ms, _ := strconv.ParseFloat(fields[4], 64)
	size, _ := strconv.Atoi(fields[7])
	allocs, _ := strconv.Atoi(fields[9])
	i.Packages++
	i.Time += time.Duration(ms * float64(time.Millisecond))
	i.Bytes += size
	i.Allocs += allocs
}

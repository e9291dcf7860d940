package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// profiles has the testing package profile the hot paths, and keeps the tops of what pprof says as text.
func profiles(dir string) error {
	temp, err := os.MkdirTemp("", "profiles")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, path := range []struct{ name, benchmark, count string }{
		{"call", "BenchmarkCall/zone/SDK,_bearer$", "100000x"},
		{"drains", "BenchmarkCall/drains/SDK,_bearer$", "5000x"},
		{"list-invoices", "Benchmark/Invoices/Billing.ListInvoices$", "40x"},
		{"invoices", "Benchmark/Invoices/Billing.Invoices$", "40x"},
		{"stream", "Benchmark/Decoding/internal/sse_.*_LogEntry$", "60x"},
	} {
		program, cpu, mem := filepath.Join(temp, "bench.test"), filepath.Join(temp, "cpu"), filepath.Join(temp, "mem")
		test := exec.Command("go", "test", "-run", "^$", "-bench", path.benchmark, "-benchtime", path.count, "-o", program,
			"-cpuprofile", cpu, "-memprofile", mem, ".")
		test.Stderr = os.Stderr
		if _, err := test.Output(); err != nil {
			return fmt.Errorf("%s: %w", path.name, err)
		}
		for _, sample := range []struct{ name, index, file string }{{"cpu", "cpu", cpu}, {"allocs", "alloc_objects", mem}} {
			top, err := exec.Command("go", "tool", "pprof", "-top", "-nodecount=30", "-sample_index="+sample.index, program, sample.file).Output()
			if err != nil {
				return fmt.Errorf("%s: %w", path.name, err)
			}
			header := fmt.Sprintf("%s, %s: go -C bench run ./report profiles\n\n", path.benchmark, sample.name)
			if err := os.WriteFile(filepath.Join(dir, path.name+"-"+sample.name+".txt"), append([]byte(header), stable(top)...), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// stable leaves out what says nothing but when and where a profile was made.
func stable(top []byte) []byte {
	var kept []byte
	for line := range bytes.Lines(top) {
		switch field, _, _ := bytes.Cut(line, []byte(":")); string(field) {
		case "File", "Build ID", "Time":
		default:
			kept = append(kept, line...)
		}
	}
	return kept
}

// Package product runs the whole product with its stand-ins inside a test: the demo, on free ports, with data of its own.
package product

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cobrowse-connector/connector/config"
	"cobrowse-connector/connector/demo"
	"cobrowse-connector/connector/telemetry"
)

// Start runs the demo until the test ends. change may be nil.
func Start(t testing.TB, change func(*config.Config)) *demo.Demo {
	t.Helper()
	return StartWith(t, demo.Options{Configure: change})
}

// StartWith runs the demo so until the test ends. Its data and its log are this package's matter.
func StartWith(t testing.TB, o demo.Options) *demo.Demo {
	t.Helper()
	dir, err := os.MkdirTemp("", "product-")
	if err != nil {
		t.Fatal(err)
	}
	logFile, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	o.DataDir, o.Log = filepath.Join(dir, "data"), telemetry.NewLog(logFile, "debug")
	d, err := demo.New(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- d.Run(ctx, func() { close(ready) }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the product did not end in good order: %v", err)
		}
		if t.Failed() {
			if log, err := os.ReadFile(logFile.Name()); err == nil {
				t.Logf("the product's log:\n%s", log)
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("the product's data cannot be removed: %v", err)
		}
	})
	select {
	case <-ready:
	case err := <-ended:
		ended <- err
		t.Fatalf("the product ended before it was ready: %v", err)
	case <-time.After(time.Minute):
		t.Fatal("the product is not ready after a minute")
	}
	return d
}

package store_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

func TestConformance(t *testing.T) {
	storetest.Each(t, storetest.Conformance)
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct{ dsn, want string }{
		"memory":         {":memory:", "path of a file"},
		"nothing":        {"", "path of a file"},
		"malformed":      {"postgres://user:hunter2@host:notaport/db", "malformed"},
		"nobody listens": {"postgres:///db?host=/nonexistent&user=x", "does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := store.Open(context.Background(), c.dsn)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q in it", err, c.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Fatalf("the error quotes the password: %v", err)
			}
		})
	}
}

func TestTwoServicesMigrateAtOnce(t *testing.T) {
	dsn := storetest.PostgresDSN(t)
	done := make(chan error, 2)
	for range 2 {
		go func() {
			db, err := store.Open(context.Background(), dsn)
			if err == nil {
				err = db.Migrate(context.Background())
				db.Close()
			}
			done <- err
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

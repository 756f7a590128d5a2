package bench

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A look at rest must not fall into the stand-in's writing, not even into one that begins and ends between two glances.
func TestTheStandInIsSeenWriting(t *testing.T) {
	data := t.TempDir()
	records := filepath.Join(data, standInRecords)
	if err := os.WriteFile(records, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(records, long, long); err != nil {
		t.Fatal(err)
	}
	before, writing := standInWrites(t, data)
	if writing {
		t.Error("the finished file is taken for an unfinished one")
	}
	fresh, err := os.CreateTemp(data, standInRecords+".*") // as the demo's keeper does
	if err != nil {
		t.Fatal(err)
	}
	if err := fresh.Close(); err != nil {
		t.Fatal(err)
	}
	if at, writing := standInWrites(t, data); !writing || !at.Equal(before) {
		t.Errorf("while it writes: %v, writing: %v", at, writing)
	}
	if err := os.Rename(fresh.Name(), records); err != nil {
		t.Fatal(err)
	}
	if at, writing := standInWrites(t, data); writing || !at.After(before) {
		t.Errorf("after it has written: %v, writing: %v", at, writing)
	}
}

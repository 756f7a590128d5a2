package seal

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

var update = flag.Bool("update", false, "write the golden file anew")

var name = Name{Company: "acme", Object: "recordings/acme/s1/video"}

func testKeys(t *testing.T, fill byte) *LocalKeys {
	t.Helper()
	k, err := NewLocalKeys(bytes.Repeat([]byte{fill}, KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sealed(t *testing.T, keys Keys, n Name, plain []byte) []byte {
	t.Helper()
	s, err := NewSealer(t.Context(), keys)
	if err != nil {
		t.Fatal(err)
	}
	return sealWith(t, s, n, plain)
}

func sealWith(t *testing.T, s *Sealer, n Name, plain []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := s.NewWriter(&out, n)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func open(keys Keys, n Name, object []byte) (*Reader, error) {
	return NewReader(context.Background(), keys, bytes.NewReader(object), int64(len(object)), n)
}

// readAll opens and reads everything: the first error on the way.
func readAll(keys Keys, n Name, object []byte) ([]byte, error) {
	r, err := open(keys, n, object)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.New(rand.NewPCG(1, uint64(n)))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func TestRoundTrip(t *testing.T) {
	keys := testKeys(t, 1)
	for _, size := range []int{0, 1, 100, segmentSize - 1, segmentSize, segmentSize + 1, 3 * segmentSize, 3*segmentSize + 7, (window+2)*segmentSize + 5} {
		plain := noise(size)
		object := sealed(t, keys, name, plain)
		r, err := open(keys, name, object)
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		if r.Size() != int64(size) {
			t.Errorf("%d bytes: size %d", size, r.Size())
		}
		if err := iotest.TestReader(r, plain); err != nil { // Read, Seek and ReadAt in every combination
			t.Errorf("%d bytes: %v", size, err)
		}
		if len(plain) > 100 && bytes.Contains(object, plain[:32]) {
			t.Errorf("%d bytes: the plaintext stands in the object", size)
		}
	}
}

func TestManySmallWrites(t *testing.T) {
	keys := testKeys(t, 1)
	s, err := NewSealer(t.Context(), keys)
	if err != nil {
		t.Fatal(err)
	}
	plain := noise(2*segmentSize + 333)
	var out bytes.Buffer
	w, err := s.NewWriter(&out, name)
	if err != nil {
		t.Fatal(err)
	}
	for rest := plain; len(rest) > 0; {
		n := min(len(rest), 777)
		if _, err := w.Write(rest[:n]); err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := readAll(keys, name, out.Bytes()); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("read back %d bytes, %v", len(got), err)
	}
	if _, err := w.Write([]byte("late")); err == nil {
		t.Error("a write after Close was accepted")
	}
}

// The layout is a promise: objects that were sealed yesterday open tomorrow.
func TestKnownAnswer(t *testing.T) {
	keys := testKeys(t, 7)
	plain := []byte("What was sealed once stays readable.")
	path := filepath.Join("testdata", "v1.hex")
	if *update {
		text := hex.EncodeToString(sealed(t, keys, name, plain))
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	object, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := readAll(keys, name, object); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("the golden object reads as %q, %v", got, err)
	}
	// And the other way round, with the same data key and salt.
	dataKey, err := keys.Unwrap(t.Context(), object[fixedHeader:len(object)-len(plain)-tagSize])
	if err != nil {
		t.Fatal(err)
	}
	s := &Sealer{dataKey: dataKey, wrapped: object[fixedHeader : len(object)-len(plain)-tagSize]}
	var again bytes.Buffer
	w, err := s.newWriter(&again, name, object[12:fixedHeader])
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(plain)
	if err := w.Close(); err != nil || !bytes.Equal(again.Bytes(), object) {
		t.Errorf("sealed anew it differs from the golden object: %v", err)
	}
}

func TestTampering(t *testing.T) {
	keys := testKeys(t, 1)
	s, err := NewSealer(t.Context(), keys)
	if err != nil {
		t.Fatal(err)
	}
	plain := noise(3*segmentSize + 100)
	object := sealWith(t, s, name, plain)
	other := sealWith(t, s, name, noise(3*segmentSize+100)) // same data key, same name
	head := len(object) - len(plain) - 4*tagSize
	segment := func(o []byte, i int) []byte { return o[head+i*sealedSize : min(head+(i+1)*sealedSize, len(o))] }
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	flip := func(at int) []byte {
		o := bytes.Clone(object)
		o[at] ^= 1
		return o
	}
	for what, bad := range map[string][]byte{
		"magic":                    flip(0),
		"version":                  flip(7),
		"length of wrapped key":    flip(11),
		"huge wrapped key":         flip(8),
		"salt":                     flip(20),
		"wrapped key":              flip(fixedHeader + 20),
		"key id":                   flip(fixedHeader),
		"first byte":               flip(head),
		"middle":                   flip(head + sealedSize + 500),
		"last tag":                 flip(len(object) - 1),
		"empty":                    {},
		"header only":              object[:head],
		"cut header":               object[:30],
		"cut in a segment":         object[:len(object)-50],
		"cut between segments":     object[:head+3*sealedSize],
		"cut to the first segment": object[:head+sealedSize],
		"one byte more":            append(bytes.Clone(object), 0),
		"last segment twice":       append(bytes.Clone(object), segment(object, 3)...),
		"segments exchanged":       join(object[:head], segment(object, 1), segment(object, 0), segment(object, 2), segment(object, 3)),
		"segment left out":         join(object[:head], segment(object, 0), segment(object, 2), segment(object, 3)),
		"segment of another":       join(object[:head], segment(object, 0), segment(other, 1), segment(object, 2), segment(object, 3)),
		"header of another":        join(other[:head], object[head:]),
	} {
		got, err := readAll(keys, name, bad)
		if err == nil {
			t.Errorf("%s: not noticed", what)
		}
		if !bytes.HasPrefix(plain, got) {
			t.Errorf("%s: wrong bytes were handed out", what)
		}
	}
	for what, n := range map[string]Name{
		"other company":   {Company: "evil", Object: name.Object},
		"other object":    {Company: name.Company, Object: name.Object + "2"},
		"moved boundary":  {Company: name.Company + name.Object[:1], Object: name.Object[1:]},
		"without company": {Object: name.Object},
	} {
		if _, err := readAll(keys, n, object); !errors.Is(err, ErrBroken) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := readAll(testKeys(t, 2), name, object); !errors.Is(err, errWrongKey) {
		t.Errorf("other master key: %v", err)
	}
	if got, err := readAll(keys, name, object); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("the object itself does not open: %v", err)
	}
}

func TestShortMasterKey(t *testing.T) {
	if _, err := NewLocalKeys([]byte("short")); err == nil || !strings.Contains(err.Error(), "want 32") {
		t.Errorf("got %v", err)
	}
}

func BenchmarkRead(b *testing.B) {
	keys, err := NewLocalKeys(make([]byte, KeySize))
	if err != nil {
		b.Fatal(err)
	}
	s, err := NewSealer(b.Context(), keys)
	if err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	w, err := s.NewWriter(&out, name)
	if err != nil {
		b.Fatal(err)
	}
	_, _ = w.Write(make([]byte, 16<<20))
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(16 << 20)
	for b.Loop() {
		if _, err := readAll(keys, name, out.Bytes()); err != nil {
			b.Fatal(err)
		}
	}
}

package privacy

import (
	"strings"
	"testing"
)

// TestLongTextsAreSearchedOnce: and what is remembered later is found in them all the same.
func TestLongTextsAreSearchedOnce(t *testing.T) {
	r := NewRedactor(Classes)
	text := strings.Repeat("1.", 100) + " card 4111 1111 1111 1111, Weber"
	for range 2 {
		if got := r.Text(text); strings.Contains(got, "1111 1111") || !strings.HasSuffix(got, ", Weber") {
			t.Errorf("got %q", got)
		}
	}
	if len(r.searched.hits) != 1 {
		t.Errorf("%d texts are kept", len(r.searched.hits))
	}
	r.Remember("Weber")
	if got := r.Text(text); strings.Contains(got, "Weber") || strings.Contains(got, "1111 1111") {
		t.Errorf("got %q", got)
	}
	for i := range 2 * mostTexts {
		r.Text(text + strings.Repeat("x", i))
	}
	if n := len(r.searched.hits); n > mostTexts {
		t.Errorf("%d texts are kept", n)
	}
}

// Package inprocess is a way to the stand-in without a network, for tests.
package inprocess

import (
	"fmt"
	"net/http"
	"net/http/httptest"
)

// To carries requests to a handler, so that time in a test's bubble (testing/synctest) can move. An answer that breaks off is an error, as on
// a network.
func To(h http.Handler) http.RoundTripper { return transport{h} }

type transport struct{ handler http.Handler }

func (t transport) RoundTrip(r *http.Request) (answer *http.Response, err error) {
	defer func() {
		if v := recover(); v != nil {
			answer, err = nil, fmt.Errorf("connection cut: %v", v)
		}
	}()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	in := r.Clone(r.Context())
	if r.Body == nil {
		in.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	t.handler.ServeHTTP(w, in)
	return w.Result(), nil
}

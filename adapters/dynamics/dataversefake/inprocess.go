package dataversefake

import (
	"fmt"
	"net/http"
	"net/http/httptest"
)

// InProcess carries requests to the stand-in without a network, so that time in a test's bubble (testing/synctest) can move. An answer that
// breaks off is an error, as on a network.
func (s *Server) InProcess() http.RoundTripper { return inProcess{s} }

type inProcess struct{ server *Server }

func (p inProcess) RoundTrip(r *http.Request) (answer *http.Response, err error) {
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
	p.server.ServeHTTP(w, in)
	return w.Result(), nil
}

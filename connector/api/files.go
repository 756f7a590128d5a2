package api

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth"
)

// Files pass between a shared browser and its customer, or an editor's administrator, by the token of their live socket.

// silentLimit is how long a file that is uploaded may stand still.
const silentLimit = 30 * time.Second

// liveToken is that of the live socket; it has answered when false.
func (s *Server) liveToken(c *gin.Context) (string, bool) {
	token, ok := bearer(c.GetHeader("Authorization"))
	if !ok {
		s.fail(c, cobrowse.Errorf(auth.CodeUnauthenticated, "token_missing", "this needs the token of the live socket"))
	}
	return token, ok
}

// download hands a file out. To the browser it is bytes to be saved, whatever a page calls them.
func (s *Server) download(from Socket) gin.HandlerFunc {
	return func(c *gin.Context) {
		token, ok := s.liveToken(c)
		if !ok {
			return
		}
		d, file, err := from.Downloaded(c.Request.Context(), token, c.Param("id"))
		if err != nil {
			s.fail(c, err)
			return
		}
		defer file.Close()
		h := c.Writer.Header()
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.Name}))
		h.Set("Content-Length", fmt.Sprint(d.Bytes))
		c.Status(http.StatusOK)
		if _, err := io.Copy(c.Writer, file); err != nil && c.Request.Context().Err() == nil {
			s.Log.Warn("a file was not handed out", "error", err)
			panic(http.ErrAbortHandler) // half a file must not look like all of it
		}
	}
}

// upload takes a file in. Its name stands in Content-Disposition: names are private, and addresses are logged.
func (s *Server) upload(to Socket) gin.HandlerFunc {
	return func(c *gin.Context) {
		token, ok := s.liveToken(c)
		if !ok {
			return
		}
		_, params, err := mime.ParseMediaType(c.GetHeader("Content-Disposition"))
		if err != nil || params["filename"] == "" {
			s.fail(c, cobrowse.Errorf(cobrowse.CodeInvalid, "body", "the file's name is missing: Content-Disposition: attachment; filename*=UTF-8''NAME"))
			return
		}
		body := &patient{c.Request.Body, http.NewResponseController(c.Writer)}
		if err := to.Upload(c.Request.Context(), token, c.Param("id"), params["filename"], body); err != nil {
			s.fail(c, unlessBroken(err))
			return
		}
		c.Status(http.StatusNoContent)
	}
}

// unlessBroken is an error of the file, and not of a connection that broke off.
func unlessBroken(err error) error {
	var coded *cobrowse.Error
	if errors.As(err, &coded) {
		return err
	}
	return &cobrowse.Error{Code: cobrowse.CodeInvalid, Reason: "body", Detail: "the file did not come to its end", Err: err}
}

// patient is a body that may take as long as it likes while something of it comes.
type patient struct {
	io.Reader
	connection *http.ResponseController
}

func (p *patient) Read(b []byte) (int, error) {
	_ = p.connection.SetReadDeadline(time.Now().Add(silentLimit)) // a recorder of a test has none
	return p.Reader.Read(b)
}

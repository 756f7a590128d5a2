package api

import (
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/pin"
)

// codeTooLarge is for bodies beyond the limit.
const codeTooLarge cobrowse.Code = "too_large"

// statuses is the one table from codes to HTTP.
var statuses = map[cobrowse.Code]int{
	cobrowse.CodeInvalid:     http.StatusBadRequest,
	auth.CodeUnauthenticated: http.StatusUnauthorized,
	cobrowse.CodeDenied:      http.StatusForbidden,
	cobrowse.CodeNotFound:    http.StatusNotFound,
	cobrowse.CodeConflict:    http.StatusConflict,
	codeTooLarge:             http.StatusRequestEntityTooLarge,
	cobrowse.CodeRefused:     http.StatusForbidden,
	cobrowse.CodeLimited:     http.StatusTooManyRequests,
	cobrowse.CodeUnavailable: http.StatusServiceUnavailable,
	cobrowse.CodeInternal:    http.StatusInternalServerError,
}

// problem is RFC 9457's form with the reason that names the text in the pages' catalogues.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Reason string `json:"reason"`
	Field  string `json:"field,omitempty"` // of the policy: "masks[3]"
}

// fail answers with what went wrong. Only coded errors say anything about themselves; others are logged and are ours.
func (s *Server) fail(c *gin.Context, err error) {
	p := problem{Type: "about:blank", Status: http.StatusInternalServerError, Reason: "internal", Detail: "something went wrong here; try again in a moment"}
	var coded *cobrowse.Error
	if errors.As(err, &coded) && coded.Code != cobrowse.CodeInternal {
		p.Status, p.Reason, p.Detail = statuses[coded.Code], coded.Reason, coded.Detail
		if p.Status == 0 {
			p.Status = http.StatusInternalServerError
		}
	}
	var field *company.Field
	if errors.As(err, &field) {
		p.Field = field.Path
	}
	p.Title = http.StatusText(p.Status)
	level := slog.LevelInfo
	if p.Status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	s.Log.Log(c.Request.Context(), level, "request failed", "route", c.FullPath(), "status", p.Status, "reason", p.Reason, "error", err)
	var limited *pin.Limited
	if errors.As(err, &limited) {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(limited.RetryAfter.Seconds()))))
	}
	if p.Status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", "Bearer")
	}
	c.Header("Content-Type", "application/problem+json")
	c.AbortWithStatusJSON(p.Status, p)
}

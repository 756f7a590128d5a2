package api

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/sessions"
)

// watchCookie carries the token to where a <video> element cannot send a header: this one recording's addresses.
const (
	watchCookie = "cobrowse_watch"
	watchLife   = 2 * time.Hour
)

func (s *Server) openPlayer(c *gin.Context) {
	var in struct {
		Launch string `json:"launch"`
	}
	if !s.read(c, &in) {
		return
	}
	token, err := s.Sessions.LaunchPlayer(c.Request.Context(), in.Launch)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"token": token})
}

// watched is the recording that the request may see; it has answered when nil.
func (s *Server) watched(c *gin.Context, watch func(context.Context, auth.Identity, string) (*sessions.Watched, error)) *sessions.Watched {
	who, err := auth.Check(c.Request.Context(), s.DB, watchToken(c), time.Now())
	if err != nil {
		s.fail(c, err)
		return nil
	}
	w, err := watch(c.Request.Context(), who, c.Param("id"))
	if err != nil {
		s.fail(c, err)
		return nil
	}
	return w
}

func watchToken(c *gin.Context) string {
	if token, ok := bearer(c.GetHeader("Authorization")); ok {
		return token
	}
	token, _ := c.Cookie(watchCookie) // without one, the check says what is missing
	return token
}

type manifestVideo struct {
	URL    string `json:"url"`
	Type   string `json:"type"`
	Bytes  int64  `json:"bytes"`
	From   int64  `json:"from"` // milliseconds on the recording's clock
	To     int64  `json:"to"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Codec  string `json:"codec"`
}

func manifestVideos(base string, r cobrowse.Recording) []manifestVideo {
	videos := make([]manifestVideo, 0, len(r.Videos))
	for i, v := range r.Videos {
		videos = append(videos, manifestVideo{
			URL: fmt.Sprintf("%s/video?n=%d", base, i+1), Type: v.Type, Bytes: v.Bytes,
			From: v.From.Milliseconds(), To: v.To.Milliseconds(), Width: v.Width, Height: v.Height, Codec: v.Codec,
		})
	}
	return videos
}

func (s *Server) manifest(c *gin.Context) {
	w := s.watched(c, s.Sessions.Watch)
	if w == nil {
		return
	}
	base := "/v1/recordings/" + c.Param("id")
	//nolint:gosec // Secure follows the public address: the local demo is plain http
	http.SetCookie(c.Writer, &http.Cookie{Name: watchCookie, Value: watchToken(c), Path: base, MaxAge: int(watchLife.Seconds()),
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteStrictMode})
	videos := manifestVideos(base, w.Recording)
	out := gin.H{
		"session": c.Param("id"), "company": w.Company, "agent": w.Agent, "customerName": w.CustomerName, "caseTitle": w.CaseTitle,
		"started": w.Started, "ended": w.Ended, "durationMs": w.Recording.Duration.Milliseconds(), "gaps": w.Recording.Gaps,
		"videos": videos, "video": nil, "track": nil, "transcript": nil, "summary": summaryJSON(w.Summary),
	}
	if len(videos) > 0 {
		out["video"] = videos[0]
	}
	if w.Recording.TrackKey != "" {
		out["track"] = gin.H{"url": base + "/track"}
	}
	if w.HasTranscript {
		out["transcript"] = gin.H{"url": base + "/transcript"}
	}
	c.JSON(http.StatusOK, out)
}

// summaryJSON gives durations in milliseconds, as everywhere in the interface.
func summaryJSON(sum cobrowse.Summary) gin.H {
	pages := make([]gin.H, 0, len(sum.Pages))
	for _, p := range sum.Pages {
		pages = append(pages, gin.H{"title": p.Title, "url": p.URL, "time": p.Time.Milliseconds()})
	}
	return gin.H{
		"started": sum.Started, "ended": sum.Ended, "endedBy": sum.EndedBy, "endReason": sum.EndReason, "outcome": sum.Outcome,
		"note": sum.Note, "pages": pages, "actions": sum.Actions, "refusals": sum.Refusals, "pauses": sum.Pauses,
		"paused": sum.Paused.Milliseconds(),
	}
}

func (s *Server) video(c *gin.Context) {
	w := s.watched(c, s.Sessions.Content)
	if w == nil {
		return
	}
	n, err := strconv.Atoi(c.DefaultQuery("n", "1"))
	if err != nil || n < 1 || n > len(w.Recording.Videos) {
		s.fail(c, cobrowse.Errorf(cobrowse.CodeNotFound, "part_unknown", "the recording has no such part"))
		return
	}
	f, err := s.Recordings.Video(c.Request.Context(), w.Slug, c.Param("id"), w.Recording.Videos[n-1].Key)
	if err != nil {
		s.fail(c, err)
		return
	}
	defer f.Close()
	c.Header("Content-Type", w.Recording.Videos[n-1].Type)
	c.Header("Cache-Control", "private, no-store")
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, f)
}

func (s *Server) track(c *gin.Context) {
	w := s.watched(c, s.Sessions.Content)
	if w == nil {
		return
	}
	track, err := s.Recordings.Track(c.Request.Context(), w.Slug, c.Param("id"))
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, track)
}

// transcript is always a download: what a page called itself stands in it.
func (s *Server) transcript(c *gin.Context) {
	who, err := auth.Check(c.Request.Context(), s.DB, watchToken(c), time.Now())
	if err != nil {
		s.fail(c, err)
		return
	}
	t, err := s.Sessions.Transcript(c.Request.Context(), who, c.Param("id"))
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": t.Name}))
	c.Header("Cache-Control", "private, no-store")
	c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(t.Text))
}

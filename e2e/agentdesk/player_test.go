package agentdesk

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"cobrowse-connector/connector/web"
	"cobrowse-connector/e2e/people"
)

// archive is the service as the player knows it, with one recording.
type archive struct {
	url       string
	video     []byte
	manifests atomic.Int32
	// mayFetch tells whether the video is given out, after so many requests for the manifest.
	mayFetch func(manifests int32) bool
	// mayAsk is the same for the manifest.
	mayAsk func(manifests int32) bool
}

func startArchive(t *testing.T) *archive {
	t.Helper()
	always := func(int32) bool { return true }
	a := &archive{mayFetch: always, mayAsk: always}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /watch/{session}", page("watch.html"))
	mux.Handle("GET /assets/", http.FileServerFS(web.FS))
	mux.HandleFunc("POST /v1/player/session", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, object{"token": "t"}) })
	mux.HandleFunc("GET /v1/recordings/s-1", a.manifest)
	mux.HandleFunc("GET /v1/recordings/s-1/track", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, track) })
	mux.HandleFunc("GET /v1/recordings/s-1/transcript", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Disposition", "attachment; filename=cobrowse-2026-11-23-0931-transcript.txt")
		_, _ = w.Write([]byte("09:31:00    0:00  Sharing began\n"))
	})
	mux.HandleFunc("GET /v1/recordings/s-1/video", func(w http.ResponseWriter, r *http.Request) {
		if !a.mayFetch(a.manifests.Load()) {
			answer(w, http.StatusUnauthorized, object{"reason": "token_invalid"})
			return
		}
		w.Header().Set("Content-Type", "video/webm")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.video))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	a.url = server.URL + "/watch/s-1#launch=x"
	return a
}

func (a *archive) manifest(w http.ResponseWriter, _ *http.Request) {
	if !a.mayAsk(a.manifests.Add(1)) {
		answer(w, http.StatusUnauthorized, object{"reason": "token_invalid"})
		return
	}
	at := time.Date(2026, 11, 23, 9, 31, 0, 0, time.UTC)
	answer(w, http.StatusOK, object{
		"session": "s-1", "company": "northwind", "agent": "Ana Souza", "customerName": "Maria Oliveira", "caseTitle": "Winter coat in the wrong size",
		"started": at, "ended": at.Add(8 * time.Second), "durationMs": 800, "gaps": 1,
		"videos": []object{{"url": "/v1/recordings/s-1/video", "type": "video/webm", "from": 0, "to": 800}}, "track": object{"url": "/v1/recordings/s-1/track"},
		"transcript": object{"url": "/v1/recordings/s-1/transcript"},
		"summary": object{
			"started": at, "ended": at.Add(8 * time.Second), "endedBy": "agent", "endReason": "ended", "outcome": "solved", "note": "Changed to size M.",
			"pages":    []object{{"title": "Checkout – Northwind Outdoor", "url": "https://shop.northwind.example/checkout?step=delivery", "time": 6000}},
			"refusals": []object{{"name": "Buy now", "count": 2}}, "pauses": 1, "paused": 1500,
		},
	})
}

var track = object{"v": 1, "width": 640, "height": 400, "events": []object{
	{"at": 0, "kind": "joined", "by": "agent", "name": "Ana Souza"},
	{"at": 0, "kind": "navigation", "what": "Checkout – Northwind Outdoor", "url": "https://shop.northwind.example/checkout"},
	{"at": 10, "kind": "cursor", "by": "agent", "name": "Ana Souza", "x": 200, "y": 120},
	{"at": 20, "kind": "cursor", "by": "customer", "name": "Maria Oliveira", "x": 420, "y": 240},
	{"at": 100, "kind": "input", "by": "customer", "name": "Maria Oliveira", "what": "key"},
	{"at": 200, "kind": "refusal", "by": "agent", "what": "Buy now"},
	{"at": 300, "kind": "pause", "by": "customer"}, {"at": 500, "kind": "resume", "by": "customer"},
	{"at": 800, "kind": "end", "by": "agent", "what": "ended"},
}}

// filmed is a short video of a page, by the viewer's own browser.
func filmed(t *testing.T, p *people.Person) []byte {
	t.Helper()
	film := people.Eval[string](p, `new Promise((done) => {
		const canvas = Object.assign(document.createElement('canvas'), {width: 640, height: 400});
		const paint = canvas.getContext('2d');
		const film = new MediaRecorder(canvas.captureStream(10), {mimeType: 'video/webm;codecs=vp8'});
		let pictures = 0;
		film.ondataavailable = (e) => {
			const reader = new FileReader();
			reader.onload = () => done(reader.result.split(',')[1]);
			reader.readAsDataURL(e.data);
		};
		film.start();
		const step = () => {
			paint.fillStyle = '#fff'; paint.fillRect(0, 0, 640, 400);
			paint.fillStyle = '#14532d'; paint.fillRect(0, 0, 640, 60 + pictures);
			if (++pictures < 60) requestAnimationFrame(step); else film.stop();
		};
		step();
	})`)
	video, err := base64.StdEncoding.DecodeString(film)
	if err != nil || len(video) == 0 {
		t.Fatalf("the viewer's browser filmed %d bytes (%v)", len(video), err)
	}
	return video
}

func TestPlayer(t *testing.T) {
	for language, says := range map[string]struct {
		screen         people.Screen // the longer texts on the smaller one
		event, outcome string
	}{
		"en":    {people.Desktop, "Ana Souza joined", "Solved"},
		"pt-BR": {people.Phone, "Ana Souza entrou", "Resolvido"},
	} {
		t.Run(language, func(t *testing.T) {
			a := startArchive(t)
			sam := people.New(t, "sam "+language, says.screen)
			sam.BeforeEveryPage(`Object.defineProperty(navigator, 'languages', {get: () => ['` + language + `']})`)
			a.video = filmed(t, sam)
			sam.Open(a.url)
			sam.Hears(says.event)
			sam.Hears(says.outcome)
			sam.Until("the video is there", `document.querySelector('video').readyState >= 2`)
			sam.Shot("player")
			sam.Accessible()
			sam.Click(".event.refusals")
			sam.Until("the event is marked", `document.querySelector('.event.refusals[aria-current]')`)
			sam.Click("li:nth-last-child(3) .event") // the pause
			sam.See(".cover.paused")
			sam.Accessible()
			sam.Shot("player-paused")
			people.Eval[bool](sam, `(document.querySelector('.transcript').scrollIntoView(), true)`)
			sam.See(".transcript")
			sam.Shot("player-transcript")
		})
	}
}

// TestPlayerRenewsItsPermission: a supervisor who comes back after lunch watches on.
func TestPlayerRenewsItsPermission(t *testing.T) {
	a := startArchive(t)
	sam := people.New(t, "sam", people.Desktop)
	a.video = filmed(t, sam)
	a.mayFetch = func(manifests int32) bool { return manifests > 1 }
	sam.Open(a.url)
	sam.Until("the video is there", `document.querySelector('video').readyState >= 2`)
	if people.Eval[bool](sam, `!!document.querySelector('[role=alert]')`) {
		t.Error("the player complains although it could help itself")
	}
}

func TestPlayerSaysWhatIsWrong(t *testing.T) {
	a := startArchive(t)
	sam := people.New(t, "sam", people.Phone)
	a.video = []byte("not a video")
	sam.Open(a.url)
	sam.Hears("This browser cannot play the video")
	sam.Shot("player-unplayable")
	sam.Accessible()

	b := startArchive(t)
	b.mayFetch = func(int32) bool { return false }
	b.mayAsk = func(manifests int32) bool { return manifests == 1 }
	sam.Open(b.url)
	sam.Hears("has expired. Open it again from the case")
	sam.Shot("player-expired")
	sam.Accessible()
}

package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/stream"
	"cobrowse-connector/cobrowse/wire/wiretest"
)

var update = flag.Bool("update", false, "write the golden files anew")

var messages = map[string]cobrowse.Message{
	"welcome": cobrowse.Welcome{
		Session: "s1", You: cobrowse.Participant{ID: "c", Role: cobrowse.RoleCustomer, Name: "Ana", Here: true}, State: cobrowse.StateWaiting,
		Participants: []cobrowse.Participant{{ID: "a", Role: cobrowse.RoleAgent, Name: "Bo", Rights: []cobrowse.Right{cobrowse.RightView}}},
		Company:      map[string]string{"name": "Acme"}, AgentName: "Bo", Recording: cobrowse.RecordingState{Possible: true}, Channel: "voice",
		Rights: []cobrowse.Right{cobrowse.RightView, cobrowse.RightClick}, Viewport: cobrowse.Viewport{Width: 390, Height: 844, Scale: 2, Mobile: true},
	},
	"state":        cobrowse.StateChanged{State: cobrowse.StateLive, By: cobrowse.RoleCustomer, Reason: "consented", AgentName: "Bo"},
	"participants": cobrowse.ParticipantsChanged{Participants: []cobrowse.Participant{{ID: "a", Role: cobrowse.RoleAgent, Name: "Bo"}}},
	"tabs": cobrowse.TabsChanged{Shown: "t1", Tabs: []cobrowse.TabView{
		{Tab: cobrowse.Tab{ID: "t1", Title: "•••", URL: "https://shop.example/", Icon: "data:image/png;base64,iVBORw0KGgo="}, Private: true}}},
	"picture":       cobrowse.PictureConfig{Config: stream.Config{Generation: 3, Codec: "vp09.00.40.08", Width: 1280, Height: 800, Tab: "t1"}},
	"gate":          cobrowse.GateChanged{Reason: "masks"},
	"stuck":         cobrowse.Stuck{Reason: "loading"},
	"quality":       cobrowse.QualityChanged{Level: cobrowse.QualitySlow, Reason: cobrowse.QualityOther, RTT: 42},
	"cursor":        cobrowse.Cursor{Who: "a", Role: cobrowse.RoleAgent, Name: "Bo", Tab: "t1", X: 1.5, Y: 2, Down: true},
	"refused":       cobrowse.Refused{By: cobrowse.RoleAgent, How: "mouse", Name: "Buy now", Tab: "t1"},
	"blocked":       cobrowse.Blocked{Tab: "t1", X: 1, Y: 2, Name: "Buy now"},
	"hidden":        cobrowse.HiddenChanged{Tab: "t1", Areas: []cobrowse.LayerRect{{X: 8, Y: 16, W: 96, H: 24}}},
	"layer":         cobrowse.LayerChanged{Layer: cobrowse.Layer{Tab: "t1", Items: []cobrowse.LayerItem{{ID: "1", Text: "4111", Kind: "field"}}}},
	"focus":         cobrowse.FocusChanged{Focus: cobrowse.Focus{Tab: "t1", Editable: true, InputMode: "numeric", EnterKey: "next"}},
	"copied":        cobrowse.Copied{Text: "CL-20388"},
	"download":      cobrowse.DownloadChanged{Download: cobrowse.Download{ID: "d1", Name: "letter.pdf", Bytes: 12, Total: 40, State: cobrowse.DownloadRunning}},
	"upload_wanted": cobrowse.UploadAsked{UploadWanted: cobrowse.UploadWanted{ID: "u1", Multiple: true, Accept: "image/*,.pdf", Largest: 100 << 20, Tab: "t1", By: cobrowse.RoleAgent}},
	"ask": cobrowse.Asked{May: "all", By: cobrowse.RoleAgent, Ask: cobrowse.Ask{
		ID: "a1", Tab: "t1", Kind: cobrowse.AskChoose, Host: "shop.example", Multiple: true, Rect: cobrowse.LayerRect{X: 8, Y: 16, W: 96, H: 24},
		Choices: []cobrowse.AskChoice{{Label: "Red", Group: "Colours", Selected: true}, {Label: "Green", Disabled: true}},
	}},
	"askGone":  cobrowse.AskGone{ID: "a1"},
	"notice":   cobrowse.Notice{Code: "url_refused", Params: map[string]any{"host": "x.example"}},
	"viewport": cobrowse.ViewportChanged{Viewport: cobrowse.Viewport{Width: 390, Height: 844, Scale: 2, Mobile: true}},
	"ended":    cobrowse.Ended{By: cobrowse.RoleAgent, Reason: "ended", Outcome: "solved", Seconds: 61},
	"error":    cobrowse.Failure{Code: cobrowse.CodeDenied, Reason: "no_right", Message: "No."},
}

func TestMessagesOnTheSocket(t *testing.T) {
	for name, m := range messages {
		frame, binary, err := Encode(m)
		if err != nil || binary {
			t.Fatalf("%s: binary %v, %v", name, binary, err)
		}
		var head struct{ Type string }
		if err := json.Unmarshal(frame, &head); err != nil || head.Type != name {
			t.Errorf("%s: type %q, %v", name, head.Type, err)
		}
		golden(t, name+".json", frame)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	got = append(bytes.Clone(got), '\n')
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: run the test with -update to write it", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestPing(t *testing.T) {
	for text, want := range map[string]Ping{
		`{"type":"ping","t":1}`:             {T: 1},
		`{"type":"ping","t":1,"rtt":42}`:    {T: 1, RoundTrip: 42 * time.Millisecond},
		`{"type":"ping","t":1,"rtt":-1}`:    {T: 1},
		`{"type":"ping","t":1,"rtt":1e300}`: {T: 1, RoundTrip: time.Minute},
	} {
		if got, err := Decode([]byte(text)); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func TestPong(t *testing.T) {
	got, err := EncodePong(Ping{T: 12.5}, time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	if want := `{"type":"pong","t":12.5,"now":"2026-11-23T12:00:00Z"}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestPictureFrame(t *testing.T) {
	c := stream.Chunk{Generation: 7, Seq: 1 << 40, Key: true, Timestamp: 90 * time.Second, Data: []byte{0xDE, 0xAD}}
	frame, binary, err := Encode(cobrowse.Picture{Chunk: &c})
	if err != nil || !binary {
		t.Fatalf("binary %v, %v", binary, err)
	}
	want := []byte{1, 1, 0, 0, 0, 0, 0, 7, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x05, 0x5D, 0x4A, 0x80, 0xDE, 0xAD}
	if !bytes.Equal(frame, want) {
		t.Errorf("got % x\nwant % x", frame, want)
	}
	back, err := wiretest.Picture(frame)
	if err != nil || !cmp.Equal(back, c) {
		t.Errorf("read back %+v, %v", back, err)
	}
	for _, broken := range [][]byte{nil, frame[:frameHeader-1], append([]byte{2}, frame[1:]...)} {
		if _, err := wiretest.Picture(broken); err == nil {
			t.Errorf("% x was read", broken)
		}
	}
}

func TestSoundFrame(t *testing.T) {
	p := stream.Sound{Seq: 1 << 40, Timestamp: 90 * time.Second, Data: []byte{0xFC, 0xAD}}
	frame, binary, err := Encode(cobrowse.Sound{Packet: &p})
	if err != nil || !binary {
		t.Fatalf("binary %v, %v", binary, err)
	}
	want := []byte{1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x05, 0x5D, 0x4A, 0x80, 0xFC, 0xAD}
	if !bytes.Equal(frame, want) {
		t.Errorf("got % x\nwant % x", frame, want)
	}
	if back, err := wiretest.Sound(frame); err != nil || !cmp.Equal(back, p) {
		t.Errorf("read back %+v, %v", back, err)
	}
	if _, err := wiretest.Picture(frame); err == nil {
		t.Error("it is taken for a picture")
	}
}

func TestDecode(t *testing.T) {
	tests := []struct {
		in   string
		want any
	}{
		{`{"type":"hello","v":1,"token":"x","codecs":["av01.0.08M.08"],"viewport":{"width":389.6,"height":844,"scale":3,"mobile":true},"lang":"pt-BR","new":1}`,
			Hello{Token: "x", Codecs: []string{"av01.0.08M.08"}, Viewport: cobrowse.Viewport{Width: 390, Height: 844, Scale: 3, Mobile: true}, Lang: "pt-BR"}},
		{`{"type":"sound","on":true}`, cobrowse.Listen{On: true}},
		{`{"type":"consent","granted":true,"recording":true}`, cobrowse.Consent{Granted: true, Recording: true}},
		{`{"type":"input","tab":"t1","ev":{"kind":"down","x":-9e9,"y":2.5,"button":2,"buttons":2,"clicks":99,"mods":8}}`,
			cobrowse.Input{Tab: "t1", Ev: cobrowse.InputEvent{Kind: cobrowse.InputDown, X: -maxAt, Y: 2.5, Button: 2, Buttons: 2, Clicks: 3, Mods: 8}}},
		{`{"type":"input","tab":"t1","ev":{"kind":"text","text":"çã"}}`, cobrowse.Input{Tab: "t1", Ev: cobrowse.InputEvent{Kind: cobrowse.InputText, Text: "çã"}}},
		{`{"type":"input","tab":"t1","ev":{"kind":"compose","text":"に"}}`, cobrowse.Input{Tab: "t1", Ev: cobrowse.InputEvent{Kind: cobrowse.InputCompose, Text: "に"}}},
		{`{"type":"point","tab":"t1","x":1,"y":2}`, cobrowse.Point{Tab: "t1", X: 1, Y: 2}},
		{`{"type":"navigate","tab":"t1","url":"shop.example"}`, cobrowse.Navigate{Tab: "t1", URL: "shop.example"}},
		{`{"type":"history","tab":"t1","delta":-1}`, cobrowse.History{Tab: "t1", Delta: -1}},
		{`{"type":"tab","op":"open","url":"https://a.example"}`, cobrowse.TabCommand{Op: "open", URL: "https://a.example"}},
		{`{"type":"tab","op":"open"}`, cobrowse.TabCommand{Op: "open"}},
		{`{"type":"tab","op":"show","tab":"t2"}`, cobrowse.TabCommand{Op: "show", Tab: "t2"}},
		{`{"type":"tab","op":"move","tab":"t2","to":3}`, cobrowse.TabCommand{Op: "move", Tab: "t2", To: 3}},
		{`{"type":"pause"}`, cobrowse.Pause{}},
		{`{"type":"resume"}`, cobrowse.Resume{}},
		{`{"type":"end","outcome":"solved","note":"ok"}`, cobrowse.End{Outcome: "solved", Note: "ok"}},
		{`{"type":"end","outcome":"sol\u0000ved","note":"a\u0000\u0000b \\u0000 \\\u0000"}`, cobrowse.End{Outcome: "solved", Note: `ab \u0000 \`}},
		{`{"type":"viewport","viewport":{"width":1e300,"height":-4,"touch":true}}`, cobrowse.SetViewport{Viewport: cobrowse.Viewport{Width: maxAt, Touch: true}}},
		{`{"type":"reveal","tab":"t1","item":"F0.7","on":true}`, cobrowse.Reveal{Tab: "t1", Item: "F0.7", On: true}},
		{`{"type":"suggest","tab":"t1","x":9e9,"y":2}`, cobrowse.Suggest{Tab: "t1", X: maxAt, Y: 2}},
		{`{"type":"answer","id":"a1","ok":true,"values":["0","2"]}`, cobrowse.Answer{ID: "a1", Reply: cobrowse.Reply{OK: true, Values: []string{"0", "2"}}}},
		{`{"type":"upload","id":"u1","give":true}`, cobrowse.EndUpload{ID: "u1", Give: true}},
		{`{"type":"cancel_download","id":"d1"}`, cobrowse.CancelDownload{ID: "d1"}},
		{`{"type":"keyframe"}`, cobrowse.Keyframe{}},
		{`{"type":"ping","t":1.5}`, Ping{T: 1.5}},
	}
	for _, test := range tests {
		got, err := Decode([]byte(test.in))
		if err != nil || !cmp.Equal(got, test.want) {
			t.Errorf("%s: %+v, %v", test.in, got, err)
		}
	}
}

func TestMalformed(t *testing.T) {
	long := strings.Repeat("x", maxText+1)
	for _, in := range []string{
		``, `null`, `[]`, `{}`, `{"type":7}`, `{"type":"pause"`, `{"type":"pause"}{}`, "{\"type\":\"\xff\"}",
		`{"type":"hello","v":2,"token":"x"}`, `{"type":"hello","v":1}`, `{"type":"hello","v":1,"token":"` + long + `"}`,
		`{"type":"hello","v":1,"token":"x","codecs":["` + long + `"]}`, `{"type":"hello","v":1,"token":"x","viewport":{"width":1e999}}`,
		`{"type":"consent","granted":"yes"}`,
		`{"type":"input","tab":"t1","ev":{"kind":"explode"}}`, `{"type":"input","ev":{"kind":"move"}}`,
		`{"type":"input","tab":"t1","ev":{"kind":"move","x":1e999}}`, `{"type":"input","tab":"t1","ev":{"kind":"down","button":3}}`,
		`{"type":"input","tab":"t1","ev":{"kind":"text","text":"` + long + `"}}`, `{"type":"input","tab":"t1","ev":{"kind":"down","mods":-1}}`,
		`{"type":"navigate","tab":"t1"}`, `{"type":"navigate","tab":"t1","url":"` + long + `"}`,
		`{"type":"history","tab":"t1","delta":5}`, `{"type":"tab","op":"burn","tab":"t1"}`, `{"type":"tab","op":"move","to":1}`,
		`{"type":"tab","op":"move","tab":"t1","to":-1}`, `{"type":"tab","op":"open","url":"` + long + `"}`,
		`{"type":"end","note":"` + strings.Repeat("é", cobrowse.MaxNote+1) + `"}`,
		`{"type":"reveal","tab":"t1"}`, `{"type":"reveal","item":"1"}`, `{"type":"reveal","tab":"t1","item":"` + strings.Repeat("x", maxItem+1) + `"}`,
		`{"type":"suggest","x":1,"y":2}`, `{"type":"suggest","tab":"t1","x":"1"}`,
		`{"type":"answer","ok":true}`, `{"type":"answer","id":"a1","ok":1}`, `{"type":"answer","id":"a1","ok":true,"values":["` + long + `"]}`,
		`{"type":"upload","give":true}`, `{"type":"cancel_download","id":"` + long + `"}`,
		`{"type":"ping","t":"now"}`,
		`{"type":"pause","x":"` + strings.Repeat("x", MaxMessage) + `"}`,
	} {
		got, err := Decode([]byte(in))
		var e *cobrowse.Error
		if !errors.As(err, &e) || e.Reason != "malformed" || e.Detail == "" {
			t.Errorf("%.80s: %v, %v", in, got, err)
		}
	}
	if _, err := Decode([]byte(`{"type":"dance"}`)); !errors.Is(err, ErrUnknownType) {
		t.Errorf("unknown type: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"type":"hello","v":1,"token":"x","codecs":["av01.0.08M.08"],"viewport":{"width":1280,"height":800,"scale":1}}`,
		`{"type":"input","tab":"t1","ev":{"kind":"wheel","x":1,"y":2,"dx":0,"dy":-120.5}}`,
		`{"type":"input","tab":"t1","ev":{"kind":"text","text":"\ud800"}}`,
		`{"type":"tab","op":"open","url":"https://a.example"}`, `{"type":"viewport","viewport":{"width":1e308}}`,
		`{"type":"point","tab":"t1","x":-0,"y":1e-400}`, `{"type":"end","note":"\u0000"}`, `{"TYPE":"pause","type":null}`, `{"type":"ping","t":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Decode(data)
		if (got == nil) == (err == nil) {
			t.Fatalf("either a message or an error: %v, %v", got, err)
		}
		switch m := got.(type) {
		case Hello:
			if m.Token == "" || len(m.Codecs) > maxCodecs || m.Viewport.Width < 0 || m.Viewport.Width > maxAt {
				t.Fatalf("%+v", m)
			}
		case cobrowse.Input:
			for _, n := range []float64{m.Ev.X, m.Ev.Y, m.Ev.DX, m.Ev.DY} {
				if math.IsNaN(n) || math.Abs(n) > maxAt {
					t.Fatalf("%+v", m)
				}
			}
			if !isID(m.Tab) || !utf8.ValidString(m.Ev.Text) || runes(m.Ev.Text) > maxText {
				t.Fatalf("%+v", m)
			}
		case cobrowse.End:
			if runes(m.Note) > cobrowse.MaxNote {
				t.Fatalf("%+v", m)
			}
		}
	})
}

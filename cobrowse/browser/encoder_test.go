package browser

import (
	"reflect"
	"testing"
)

// worker runs steps against an encoder worker of its own, in the capture page of a real Chromium. frame(ms) gives it a picture that was
// captured then; chunk() waits for the next chunk and says what it is: K a key, d a delta, and when its picture was captured.
func worker(t *testing.T, steps string) []string {
	t.Helper()
	r := launch(t, Spec{Session: "encoder"})
	said, err := evaluate[[]string](t.Context(), r.running().capture, "", `(async () => {
		const worker = new Worker('encoder.js'), chunks = [], waiting = [];
		worker.onmessage = ({data}) => {
			if (data.t !== 'chunk') return;
			const text = (data.key ? 'K' : 'd') + data.captured / 1000;
			waiting.length ? waiting.shift()(text) : chunks.push(text);
		};
		const chunk = () => chunks.length ? Promise.resolve(chunks.shift()) :
			new Promise((done) => { waiting.push(done); setTimeout(done, 45_000, 'none') });
		let feed;
		const frames = new ReadableStream({start: (c) => { feed = c }});
		worker.postMessage({t: 'start', turn: 1, codec: 'av1', fps: 30, target: 'x'});
		worker.postMessage({t: 'frames', turn: 1, frames}, [frames]);
		const canvas = new OffscreenCanvas(64, 64), pen = canvas.getContext('2d');
		const frame = (ms) => {
			pen.fillStyle = 'hsl(' + ms + ' 80% 50%)';
			pen.fillRect(0, 0, 64, 64);
			feed.enqueue(new VideoFrame(canvas, {timestamp: ms * 1000}));
		};
		const say = (message) => worker.postMessage(message);
		const said = [];
		`+steps+`
		worker.terminate();
		return said;
	})()`)
	if err != nil {
		t.Fatal(err)
	}
	return said
}

func TestEncoder(t *testing.T) {
	for name, c := range map[string]struct {
		steps string
		want  []string
	}{
		"a picture at rest is refined once": {
			`frame(10); said.push(await chunk(), await chunk()); frame(20); said.push(await chunk(), await chunk());`,
			[]string{"K10", "d10", "d20", "d20"},
		},
		"a key at rest is refined again": {
			`frame(10); said.push(await chunk(), await chunk()); say({t: 'key'}); said.push(await chunk(), await chunk());`,
			[]string{"K10", "d10", "K10", "d10"},
		},
		"a new document waits for its masks, and its first picture is everybody's key": {
			`frame(10); said.push(await chunk(), await chunk());
			 say({t: 'hold'}); say({t: 'key'}); frame(20); say({t: 'keyAfter', captured: 30_000}); frame(40); said.push(await chunk(), await chunk());`,
			[]string{"K10", "d10", "K40", "d40"},
		},
		"a document whose masks do not come is shown all the same": {
			`frame(10); said.push(await chunk(), await chunk()); say({t: 'hold'}); frame(20); said.push(await chunk());`,
			[]string{"K10", "d10", "d20"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if said := worker(t, c.steps); !reflect.DeepEqual(said, c.want) {
				t.Errorf("chunks %v, want %v", said, c.want)
			}
		})
	}
}

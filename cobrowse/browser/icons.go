package browser

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image/png"

	"github.com/chromedp/cdproto/cdp"

	"cobrowse-connector/cobrowse"
)

// A tab has the icon that its host gives to strangers: /favicon.ico, or else what its front page names, asked for without cookies, so that it
// is the same for everybody and shows nothing of the page. The extension's page fetches it, by the shared browser's own way out and past the
// page's scripts; it is decoded where the page is, in its sandbox; and what leaves is a small picture made anew.

const (
	iconSide  = 32
	mostIcon  = 128 << 10 // bytes of what a host calls its icon
	mostIcons = 60        // hosts of one session
)

// wantIcon fetches the icon of the host that a tab shows, once for each host. Caller holds mu.
func (b *Browser) wantIcon(p *page) {
	origin := cobrowse.HostOnly(p.tab.url)
	if _, known := b.icons[origin]; known || origin == "" || len(b.icons) >= mostIcons || p.withheld() {
		return
	}
	worlds := p.worlds()
	if len(worlds) == 0 || worlds[0].frame != cdp.FrameID(p.target) || cobrowse.HostOnly(worlds[0].url) != origin {
		return // no engine, as in an error page
	}
	b.icons[origin] = ""
	b.spawn(func() {
		icon, err := fetchIcon(b.ctx, p, worlds[0], origin+"favicon.ico")
		if icon == "" {
			b.logError("icon", err)
			icon, err = namedIcon(b.ctx, p, worlds[0], origin)
		}
		b.logError("icon", err)
		b.mu.Lock()
		defer b.mu.Unlock()
		b.icons[origin] = icon
		b.tellTabs()
	})
}

// icon is the data: address of a tab's icon, "" when it has none. Caller holds mu.
func (b *Browser) icon(t *tab) string {
	if t.page == nil || t.page.withheld() {
		return ""
	}
	return b.icons[cobrowse.HostOnly(t.url)]
}

func fetchIcon(ctx context.Context, p *page, w place, address string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	found, err := askStranger(ctx, p, address)
	if err != nil || len(found.Bytes) == 0 || len(found.Bytes) > mostIcon {
		return "", err
	}
	small, err := evaluate[string](ctx, w.session, w.world, fmt.Sprintf(drawIcon, base64.StdEncoding.EncodeToString(found.Bytes), iconSide))
	if err != nil {
		return "", err
	}
	return madeAnew(small)
}

// forStrangers is what a host answered to somebody whom it does not know, and the address that it led to.
type forStrangers struct {
	URL   string
	Bytes []byte
}

// askStranger reads somewhat more than mostIcon bytes at most.
func askStranger(ctx context.Context, p *page, address string) (forStrangers, error) {
	return evaluate[forStrangers](ctx, p.chrome.capture, "", fmt.Sprintf(askAsStranger, address, mostIcon))
}

const askAsStranger = `(async () => {
	const answer = await fetch(%[1]q, {credentials: 'omit'});
	let text = '';
	if (answer.ok) for await (const part of answer.body) {
		for (const b of part) text += String.fromCharCode(b);
		if (text.length > %[2]d) break;
	}
	return {URL: answer.url, Bytes: btoa(text)};
})()`

// drawIcon takes what is no picture of pixels for a drawing, which loads nothing and runs nothing.
const drawIcon = `(async () => {
	const side = %[2]d;
	let picture;
	try {
		const size = {resizeWidth: side, resizeHeight: side, resizeQuality: 'high'};
		picture = await createImageBitmap(new Blob([Uint8Array.from(atob('%[1]s'), c => c.charCodeAt(0))]), size);
	} catch {
		picture = new Image();
		picture.src = 'data:image/svg+xml;base64,%[1]s';
		await picture.decode();
	}
	const canvas = new OffscreenCanvas(side, side);
	canvas.getContext('2d').drawImage(picture, 0, 0, side, side);
	const png = new Uint8Array(await (await canvas.convertToBlob({type: 'image/png'})).arrayBuffer());
	return btoa(String.fromCharCode(...png));
})()`

// madeAnew trusts the page's process with nothing: what it says must be a small picture, and only its pixels go on.
func madeAnew(said string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(said)
	if err != nil {
		return "", fmt.Errorf("browser: icon: %w", err)
	}
	size, err := png.DecodeConfig(bytes.NewReader(raw))
	if err != nil || size.Width != iconSide || size.Height != iconSide {
		return "", fmt.Errorf("browser: an icon of %dx%d: %w", size.Width, size.Height, err)
	}
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return "", fmt.Errorf("browser: icon: %w", err)
	}
	var made bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&made, picture); err != nil {
		return "", fmt.Errorf("browser: icon: %w", err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(made.Bytes()), nil
}

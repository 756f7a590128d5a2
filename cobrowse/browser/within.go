package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"

	"cobrowse-connector/cobrowse"
)

// A frame that a rule hides as a whole is hidden by its element, and its document knows nothing of it. It must, to give its owner back
// what it holds: told to hide all of itself, it brings its texts and fields into the customer's layer like everything hidden.

// part is what one document has for the layer.
type part struct {
	place
	collected
}

// hideWithin tells the documents in hidden frames that they are, and takes away the placeholders of those that answer for themselves.
// It returns whether some document has yet to take it in.
func (b *Browser) hideWithin(ctx context.Context, p *page, parts []part) (changed bool) {
	for _, below := range parts {
		up := slices.IndexFunc(parts, func(o part) bool { return o.frame == below.parent })
		if up < 0 {
			continue
		}
		sign := ""
		if slices.ContainsFunc(parts[up].Items, isFrame) {
			var err error
			if sign, err = hiddenFrame(ctx, parts[up].place, below.frame); err != nil {
				b.logError("hidden frame", err)
				continue
			}
		}
		if b.tellHidden(ctx, p, below.place, sign != "") {
			changed = true
			continue
		}
		parts[up].Items = slices.DeleteFunc(parts[up].Items, func(i cobrowse.LayerItem) bool { return isFrame(i) && i.ID == sign })
	}
	return changed
}

func isFrame(i cobrowse.LayerItem) bool { return i.Kind == "frame" }

// hiddenFrame asks a document for the layer's item of the element that holds a frame, "" when it is not hidden.
func hiddenFrame(ctx context.Context, in place, frame cdp.FrameID) (item string, err error) {
	owner, err := cdp.Call(ctx, in.session, dom.GetFrameOwner, dom.GetFrameOwnerParams{FrameID: frame})
	if err != nil {
		return "", fmt.Errorf("owner: %w", err)
	}
	element, err := cdp.Call(ctx, in.session, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: owner.BackendNodeID, ExecutionContextID: in.worldID})
	if err != nil {
		return "", fmt.Errorf("element: %w", err)
	}
	defer func() {
		_, _ = in.session.begin(runtime.CommandReleaseObject, runtime.ReleaseObjectParams{ObjectID: element.Object.ObjectID}) // gone with its document at the latest
	}()
	yes := true
	answer, err := cdp.Call(ctx, in.session, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
		FunctionDeclaration: "function () { return __cobrowse.hiddenFrame(this) }", ObjectID: element.Object.ObjectID, ReturnByValue: &yes, Silent: &yes,
	})
	if err != nil {
		return "", fmt.Errorf("ask: %w", err)
	}
	if err := thrown(answer.ExceptionDetails); err != nil {
		return "", err
	}
	return item, json.Unmarshal(answer.Result.Value, &item)
}

// tellHidden tells a document whether all of it is hidden. It returns whether that was news; more of it comes by a later collection.
func (b *Browser) tellHidden(ctx context.Context, p *page, w place, hidden bool) bool {
	b.mu.Lock()
	f := p.frames[w.frame]
	news := f != nil && f.world == w.world && f.hidden != hidden
	if news {
		f.hidden = hidden
	}
	b.mu.Unlock()
	if !news {
		return false
	}
	_, err := evaluate[any](ctx, w.session, w.world, fmt.Sprintf("void globalThis.__cobrowse?.hideAll(%t)", hidden))
	b.logError("hide all", err)
	return true
}

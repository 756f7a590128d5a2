package people

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
)

// The mouse and the finger, at places of the window.

// Drag presses the mouse at one place, moves it to another and lets it go there.
func (p *Person) Drag(fromX, fromY, toX, toY float64) {
	p.t.Helper()
	p.MoveTo(fromX, fromY)
	p.mouse(input.DispatchMouseEventTypeMousePressed, fromX, fromY, 1)
	const steps = 8
	for i := 1.0; i <= steps; i++ {
		p.mouse(input.DispatchMouseEventTypeMouseMoved, fromX+(toX-fromX)*i/steps, fromY+(toY-fromY)*i/steps, 1)
	}
	p.mouse(input.DispatchMouseEventTypeMouseReleased, toX, toY, 0)
}

// Swipe moves a finger over a touch screen.
func (p *Person) Swipe(fromX, fromY, toX, toY float64) {
	p.t.Helper()
	p.touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: fromX, Y: fromY})
	const steps = 8
	for i := 1.0; i <= steps; i++ {
		p.touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: fromX + (toX-fromX)*i/steps, Y: fromY + (toY-fromY)*i/steps})
	}
	p.touch(input.DispatchTouchEventTypeTouchEnd)
}

func (p *Person) touch(kind input.DispatchTouchEventType, fingers ...*input.TouchPoint) {
	p.t.Helper()
	p.top.call(func(ctx context.Context, s cdp.Session) error {
		_, err := cdp.Call(ctx, s, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: append([]*input.TouchPoint{}, fingers...)})
		return err
	}, "use a finger")
}

// MoveTo moves the mouse.
func (p *Person) MoveTo(x, y float64) {
	p.t.Helper()
	p.mouse(input.DispatchMouseEventTypeMouseMoved, x, y, 0)
}

func (p *Person) mouse(kind input.DispatchMouseEventType, x, y float64, buttons int64) {
	p.t.Helper()
	params := &input.DispatchMouseEventParams{Type: kind, X: x, Y: y}
	if kind != input.DispatchMouseEventTypeMouseMoved || buttons != 0 {
		params.Button, params.ClickCount, params.Buttons = input.MouseButtonLeft, 1, buttons
	}
	p.top.call(func(ctx context.Context, s cdp.Session) error {
		_, err := cdp.Call(ctx, s, input.DispatchMouseEvent, *params)
		return err
	}, "use the mouse")
}

// Wheel turns the mouse wheel at a place of the window.
func (p *Person) Wheel(x, y, dy float64) {
	p.t.Helper()
	p.top.call(func(ctx context.Context, s cdp.Session) error {
		_, err := cdp.Call(ctx, s, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: x, Y: y, DeltaX: 1e-6, DeltaY: dy}) // Chromium insists on both, and a zero is not sent
		return err
	}, "turn the wheel")
}

package pdf

import "testing"

// book has three pages, a table of contents and links: on the first page to the last one, and to another site.
func book() []byte {
	f := newFile()
	last := f.page(lines("The end"), "", "")
	f.kids = nil
	links := f.add("<< /Type /Annot /Subtype /Link /Rect [40 300 200 330] /Dest [%s /XYZ 0 420 0] >>", last) + " " +
		f.add("<< /Type /Annot /Subtype /Link /Rect [40 250 200 280] /A << /S /URI /URI (https://shop.example/care) >> >>") + " " +
		f.add("<< /Type /Annot /Subtype /Link /Rect [40 200 200 230] /A << /S /URI /URI (mailto:ana@mail.example) >> >>") + " " +
		f.add("<< /Type /Annot /Subtype /FreeText /Rect [40 100 300 130] /DA (/F1 14 Tf 1 0 0 rg) /Contents (a remark) >>")
	f.page(lines("The beginning"), "", "/Annots ["+links+"]")
	f.page(lines("The middle"), "", "")
	f.kids = append(f.kids, last)
	outlines := len(f.objects) + 1
	first := f.add("<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count 2 >>", outlines+1, outlines+2)
	f.add("<< /Title (Beginning) /Parent %s /Dest [%s /Fit] /Next %d 0 R >>", first, f.kids[0], outlines+2)
	f.add("<< /Title (Account %s) /Parent %s /Dest [%s /Fit] /Prev %d 0 R >>", iban, first, last, outlines+1)
	f.catalog = "/Outlines " + first
	return f.bytes()
}

// TestPages: the list of pages has small pictures, covered as the large ones are, and the file's table of contents; both lead to pages.
func TestPages(t *testing.T) {
	f := newFile()
	f.page(lines("Paid from "+iban), "", "")
	r := read(t, defaults(), map[string][]byte{"book.pdf": book(), "paid.pdf": f.bytes()})
	r.show("book.pdf")
	r.do("one('#pages').click()")
	want(r, "small pictures", 3, "until(() => all('.pictures .page').filter((p) => p.style.backgroundImage).length === 3 && 3)")
	want(r, "the present page", "Page 1 of 3", "one('[aria-current]').getAttribute('aria-label')")
	want(r, "what has the focus", true, "doc().activeElement === one('[aria-current]')")
	want(r, "the table of contents", "Beginning", "one('.contents button').textContent")
	want(r, "what is private in it", "0", "getComputedStyle(all('.contents button')[1]).opacity")
	r.do("all('.contents button')[1].click()")
	want(r, "where the entry leads", "Page 3 of 3", "until(() => one('#where').textContent.startsWith('Page 3') && one('#where').textContent)")
	r.do("all('.pictures button')[1].click()")
	want(r, "where the picture leads", "Page 2 of 3", "until(() => one('#where').textContent.startsWith('Page 2') && one('#where').textContent)")
	want(r, "room for the list", true, "one('main').getBoundingClientRect().left >= one('#panel').offsetWidth")

	r.show("paid.pdf")
	r.do("one('#pages').click()")
	want(r, "the cover on a small picture", true, `until(() => one('.pictures .page').style.backgroundImage).then(async (at) => {
		const p = new Image(); p.src = at.slice(5, -2); await p.decode()
		const c = new OffscreenCanvas(p.naturalWidth, p.naturalHeight).getContext('2d')
		c.drawImage(p, 0, 0)
		const d = c.getImageData(0, 0, p.naturalWidth, p.naturalHeight).data
		for (let i = 0; i < d.length; i += 4) if (d[i] === 201 && d[i + 1] === 211 && d[i + 2] === 240) return true
		return false
	})`)
}

// TestLinks: links lead on, within the file and out of it; comments and addresses for mail are left out.
func TestLinks(t *testing.T) {
	r := read(t, defaults(), map[string][]byte{"book.pdf": book()})
	r.show("book.pdf")
	r.do("until(() => one('.surface a'))")
	want(r, "links", "#|,https://shop.example/care|_blank", "all('.surface a').map((a) => a.getAttribute('href') + '|' + a.target).join()")
	want(r, "comments", 0, "all('.surface section:not(.linkAnnotation)').length")
	want(r, "a comment's text", false, "doc().documentElement.outerHTML.includes('a remark')")
	r.do("one('.surface a').click()")
	want(r, "where it leads", "Page 3 of 3", "until(() => one('#where').textContent.startsWith('Page 3') && one('#where').textContent)")
}

// TestTurn: a page is turned with all that lies on it: its text for the masks, and its fields.
func TestTurn(t *testing.T) {
	r := read(t, defaults(), map[string][]byte{"form.pdf": form(), "paid.pdf": textFile("Paid from " + iban)})
	r.show("form.pdf")
	r.do("until(() => one('[name=street]'))")
	// Fields follow their page's picture.
	becomes := func(what, selector, shape string) {
		t.Helper()
		want(r, what, shape, "until(() => (r => r.width > r.height ? 'wide' : 'high')(one(%q).getBoundingClientRect()) === %q && %[2]q)", selector, shape)
	}
	becomes("the page", "main .page", "wide")
	r.do("one('#turn').click()")
	r.do("picture()")
	becomes("the turned page", "main .page", "high")
	becomes("a turned field", "[name=street]", "high")
	want(r, "the field lies on the page", true, `until(() => { const [m, p] = [one('[name=street]'), one('main .page')].map((e) => e.getBoundingClientRect())
		return m.left > p.left && m.right < p.right && m.top > p.top && m.bottom < p.bottom && m.left > p.left + p.width / 2 })`)
	r.do("one('#turn').click(), one('#smaller').click(), one('#smaller').click(), one('#smaller').click()")
	r.do("picture()")
	want(r, "how far the field of a small page is from where the file has it", true, `until(() => { const [m, p] = [one('[name=street]'), one('main .page')].map((e) => e.getBoundingClientRect())
		const k = p.width / 595, near = (a, b) => Math.abs(a - b) < 1.5
		return near(m.right - p.left, 555 * k) && near(p.bottom - m.bottom, (420 - 355) * k) && near(m.height, 25 * k)
	})`)
	r.show("paid.pdf")
	r.do("one('#turn').click()")
	want(r, "the cover on a turned page", true, `picture().then((p) => {
		const c = new OffscreenCanvas(p.naturalWidth, p.naturalHeight).getContext('2d')
		c.drawImage(p, 0, 0)
		const d = c.getImageData(0, 0, p.naturalWidth, p.naturalHeight).data, rows = new Set()
		for (let i = 0; i < d.length; i += 4) if (d[i] === 201 && d[i + 1] === 211 && d[i + 2] === 240) rows.add(Math.floor(i / 4 / p.naturalWidth))
		return rows.size > p.naturalHeight / 4 // the number runs down the page now
	})`)
}

// What a page gives the customer to download, and what it asks of them to upload. In an editor the administrator is the customer.
import type { Download, Live, UploadWanted } from '../live';
import type { Files } from '../live/files';
import { asProblem } from '../http';
import { customerKey, type Translate } from '../i18n';
import { h, icon } from '../ui/dom';

const megabyte = 2 ** 20;

export interface FilesOptions {
  files: Files;
  send: Live['send'];
  agent: () => string;
  /** Something that the customer has to know. */
  tell: (text: string) => void;
  /** The question is answered: the keyboard goes back to the page. */
  leave: () => void;
}

/** A card with the files of this session, and one with the page's question. Needs files.css. */
export class FilesView {
  readonly element = h('div', { class: 'files' });
  private readonly list = h('ul', {});
  private readonly card: HTMLElement;
  /** Brings the card back. */
  private readonly opener: HTMLElement;
  private readonly rows = new Map<string, HTMLElement>();
  private readonly saving = new Set<string>();
  private question: HTMLElement | undefined;

  constructor(private readonly t: Translate, private readonly options: FilesOptions) {
    this.card = h('section', { class: 'files-card', 'aria-label': t('files.heading'), hidden: true },
      h('header', {}, h('h2', {}, t('files.heading')),
        h('button', { type: 'button', class: 'files-hide', 'aria-label': t('files.hide'), title: t('files.hide'), onclick: () => this.hide(true) }, icon('close'))),
      h('p', { class: 'files-note' }, t('files.only')), this.list);
    this.opener = h('button', { type: 'button', class: 'files-open', hidden: true, onclick: () => this.hide(false) });
    this.element.append(this.opener, this.card);
  }

  /** A download began or went on. */
  show(d: Download): void {
    const row = this.row(d);
    const before = this.rows.get(d.id);
    if (before) before.replaceWith(row);
    else this.list.prepend(row);
    const news = before?.dataset['state'] !== d.state;
    this.rows.set(d.id, row);
    if (news) this.hide(false);
  }

  private hide(hidden: boolean): void {
    this.card.hidden = hidden;
    this.opener.hidden = !hidden;
    this.opener.textContent = this.t('files.open', { count: this.rows.size });
    if (hidden) this.options.leave();
  }

  /** A page asks for files, or does not any more. */
  ask(wanted: UploadWanted): void {
    const before = this.question;
    this.question = wanted.id ? this.makeQuestion(wanted) : undefined;
    before?.remove();
    if (!this.question) {
      if (before) this.options.leave();
      return;
    }
    this.element.append(this.question);
    // Whoever is typing while the agent presses goes on typing.
    if (wanted.by === 'customer') this.question.querySelector<HTMLElement>('.primary')?.focus();
  }

  private row(d: Download): HTMLElement {
    const { t } = this;
    const action = d.state === 'ready' && h('button', { type: 'button', class: 'primary', 'aria-label': t('files.saveNamed', { name: d.name }), disabled: this.saving.has(d.id), onclick: () => void this.save(d) }, t(this.saving.has(d.id) ? 'files.saving' : 'files.save'));
    const stop = d.state === 'running' && h('button', { type: 'button', 'aria-label': t('files.cancelNamed', { name: d.name }), onclick: () => this.options.send({ type: 'cancel_download', id: d.id }) }, t('files.cancel'));
    return h('li', { 'data-state': d.state },
      h('div', {}, h('strong', { title: d.name }, d.name), h('small', { role: 'status' }, this.stateOf(d)),
        d.state === 'running' && d.total > 0 && h('progress', { max: d.total, value: d.bytes, 'aria-hidden': true })),
      action || stop);
  }

  private stateOf(d: Download): string {
    switch (d.state) {
      case 'running': return d.total > 0 ? this.t('files.runningOf', { done: this.size(d.bytes), all: this.size(d.total) }) : this.t('files.running', { done: this.size(d.bytes) });
      case 'ready': return this.size(d.bytes);
      case 'refused': return this.t(customerKey('files.refused', d.reason ?? '', 'files.failed'));
      default: return this.t(`files.${d.state}`);
    }
  }

  private size(bytes: number): string {
    return bytes >= megabyte ? this.t('files.size', { mb: (bytes / megabyte).toFixed(1) }) : this.t('files.sizeSmall', { kb: Math.ceil(bytes / 1024) });
  }

  private async save(d: Download): Promise<void> {
    this.saving.add(d.id);
    this.show(d);
    try {
      const address = URL.createObjectURL(await this.options.files.download(d.id));
      h('a', { href: address, download: d.name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000); // browsers take their time to read it
    } catch (e) {
      this.fail(e);
    }
    this.saving.delete(d.id);
    this.show(d);
  }

  private makeQuestion(wanted: UploadWanted): HTMLElement {
    const { t } = this;
    const field = h('input', { type: 'file', hidden: true, multiple: wanted.multiple, accept: wanted.accept });
    const choose = h('button', { type: 'button', class: 'primary', onclick: () => field.click() }, t(wanted.multiple ? 'upload.chooseMany' : 'upload.choose'));
    const status = h('p', { class: 'files-note', role: 'status' });
    const none = h('button', { type: 'button', onclick: () => this.answer(wanted, false) }, t('upload.no'));
    field.addEventListener('change', () => {
      const files = Array.from(field.files ?? []);
      if (files.length === 0) return;
      choose.disabled = true;
      void this.upload(wanted, files, (name) => { status.textContent = t('upload.sending', { name }); }).then((done) => {
        choose.disabled = false;
        status.textContent = '';
        field.value = '';
        if (done) this.answer(wanted, true);
      });
    });
    return h('section', { class: 'files-card upload', role: 'dialog', 'aria-labelledby': 'upload-heading', onkeydown: (e) => { if ((e as KeyboardEvent).key === 'Escape') this.answer(wanted, false); } },
      h('h2', { id: 'upload-heading' }, t(wanted.multiple ? 'upload.headingMany' : 'upload.heading')),
      h('p', {}, t('upload.what', { agent: this.options.agent() })), status, field,
      h('div', { class: 'files-actions' }, choose, none));
  }

  /** Sends files one after the other. False when one did not get there: the customer may choose again. */
  private async upload(wanted: UploadWanted, files: File[], sending: (name: string) => void): Promise<boolean> {
    const large = files.find((f) => f.size > wanted.largest);
    if (large) {
      this.options.tell(this.t('upload.tooLarge', { name: large.name, mb: Math.floor(wanted.largest / megabyte) }));
      return false;
    }
    try {
      for (const file of files) {
        sending(file.name);
        await this.options.files.upload(wanted.id, file);
      }
      return true;
    } catch (e) {
      this.fail(e);
      return false;
    }
  }

  private answer(wanted: UploadWanted, give: boolean): void {
    this.options.send({ type: 'upload', id: wanted.id, give });
  }

  private fail(e: unknown): void {
    this.options.tell(this.t(customerKey('error', asProblem(e).reason, 'error.internal')));
  }
}

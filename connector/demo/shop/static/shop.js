// The shop's own script, as small shops have one.
(() => {
  const $ = (selector) => document.querySelector(selector);

  for (const select of document.querySelectorAll('[data-submit]')) select.addEventListener('change', () => select.form.submit());

  for (const range of document.querySelectorAll('input[type=range]')) {
    range.addEventListener('input', () => { range.parentElement.querySelector('output').textContent = `${range.value} ${range.dataset.unit}`; });
  }

  for (const form of document.querySelectorAll('[data-saves]')) {
    form.addEventListener('submit', async (e) => {
      e.preventDefault();
      const status = form.querySelector('.saved');
      status.textContent = 'Saving…';
      const done = await fetch('/api/saved', { method: 'POST' }).then((r) => r.ok, () => false);
      status.textContent = done ? 'Saved. Thank you!' : 'That did not work. Please try again.';
    });
  }

  $('#card-number')?.addEventListener('input', (e) => {
    const digits = e.target.value.replace(/\D/g, '').slice(0, 19);
    e.target.value = digits.replace(/(.{4})(?=.)/g, '$1 ');
  });

  $('#buy-now')?.addEventListener('click', async (e) => {
    const form = e.target.form;
    const error = form.querySelector('.error');
    const missing = [...form.elements].find((field) => !field.checkValidity());
    error.hidden = !missing;
    if (missing) {
      error.textContent = `Please fill in: ${missing.labels[0].firstChild.textContent}`;
      missing.focus();
      return;
    }
    e.target.disabled = true;
    const answer = await fetch('/api/orders', { method: 'POST' }).catch(() => undefined);
    const order = await answer?.json();
    e.target.disabled = false;
    if (!answer?.ok) {
      error.hidden = false;
      error.textContent = order?.error ?? 'That did not work. Please try again.';
      return;
    }
    $('#order-number').textContent = order.number;
    $('#checkout').hidden = true;
    $('#thanks').hidden = false;
    $('#thanks').focus();
    $('.count')?.remove();
  });

  $('#i-agree')?.addEventListener('click', async (e) => {
    const answer = await fetch('/api/agreements', { method: 'POST' }).catch(() => undefined);
    if (!answer?.ok) return;
    const { number } = await answer.json();
    e.target.disabled = true;
    e.target.nextElementSibling.textContent = `Thank you. Your agreement has the number ${number}.`;
  });
})();

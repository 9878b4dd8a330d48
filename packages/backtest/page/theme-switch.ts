/** Follows the system until the reader says otherwise. */
export function themeSwitch(changed: () => void): void {
  const button = document.querySelector<HTMLButtonElement>('[data-theme-switch]');
  if (button === null) return;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const tell = () => {
    button.setAttribute('aria-pressed', String(isDark()));
    changed();
  };
  button.addEventListener('click', () => {
    document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
    tell();
  });
  system.addEventListener('change', tell);
  button.hidden = false;
  button.setAttribute('aria-pressed', String(isDark()));
}

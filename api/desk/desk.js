// The browser's side of the desk: ages that tick, the tone of an untaken alert, day and night, the lost connection.
(() => {
  const config = JSON.parse(document.getElementById("desk-config").textContent);
  const skew_ms = config.now * 1000 - Date.now(); // old computers have wrong clocks
  const REPEAT_MS = 20000, LOST_REPEAT_MS = 15000, SILENT_MS = 25000;
  const root = document.documentElement;
  root.lang = config.language;
  const cookie = (name) => document.cookie.split("; ").find((c) => c.startsWith(name + "="))?.split("=")[1];
  const dim = matchMedia("(prefers-color-scheme: dark)");
  const showTheme = () => (root.dataset.theme = cookie("shouwang_theme") ?? (dim.matches ? "night" : "day"));
  showTheme();
  dim.addEventListener("change", showTheme);

  function ago(seconds) {
    const s = Math.max(0, Math.floor(seconds));
    if (s < 60) return config.ago.s.replace("{n}", s);
    if (s < 3600) return config.ago.min.replace("{n}", Math.floor(s / 60));
    if (s < 172800) return config.ago.h.replace("{n}", Math.floor(s / 3600));
    return config.ago.d.replace("{n}", Math.floor(s / 86400));
  }

  function tickAges() {
    for (const element of document.querySelectorAll("time[data-ago]")) {
      const text = ago((Date.now() + skew_ms) / 1000 - Number(element.dataset.ago));
      // The text node is Vue's: its value may change, the node may not.
      if (element.firstChild && element.firstChild.nodeValue !== text) element.firstChild.nodeValue = text;
    }
  }

  let audio = null;
  const wanted = () => localStorage.getItem("desk-sound") !== "off";
  const sounding = () => wanted() && audio !== null && audio.state === "running";

  async function unlock() {
    audio ??= new AudioContext();
    if (audio.state !== "running") await audio.resume();
    showSound();
  }

  function tone(pitches) {
    if (!sounding()) return;
    pitches.forEach((pitch, i) => {
      const at = audio.currentTime + i * 0.22, source = audio.createOscillator(), volume = audio.createGain();
      source.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, at);
      volume.gain.exponentialRampToValueAtTime(0.35, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.2);
      source.connect(volume).connect(audio.destination);
      source.start(at);
      source.stop(at + 0.21);
    });
  }

  function showSound() {
    root.dataset.sound = sounding() ? "on" : "off";
  }

  const NEW = [660, 880, 1175], AGAIN = [660, 880], LOST = [440, 330];
  let rangAt = 0, lostAt = 0;

  function watchAlerts() {
    const untaken = (document.getElementById("alarm")?.dataset.untaken ?? "").split(",").filter(Boolean);
    const known = JSON.parse(sessionStorage.getItem("desk-heard") ?? "[]");
    const fresh = untaken.some((id) => !known.includes(id));
    root.dataset.untaken = untaken.length ? "yes" : "no";
    if (!sounding() || !untaken.length) return;
    if (fresh || Date.now() - rangAt > REPEAT_MS) {
      tone(fresh ? NEW : AGAIN);
      rangAt = Date.now();
      sessionStorage.setItem("desk-heard", JSON.stringify(untaken));
    }
  }

  // Every ten seconds the server says that the page is up to date. Without that nothing on it may be believed,
  // whether the network, the server or the database has gone.
  let beat = "", beatAt = Date.now();

  function watchConnection() {
    const heard = document.getElementById("alarm")?.dataset.beat ?? "";
    if (heard !== beat) [beat, beatAt] = [heard, Date.now()];
    const lost =
      document.getElementById("popup")?.ariaHidden === "false" || (beat !== "" && Date.now() - beatAt > SILENT_MS);
    root.dataset.lost = lost ? "yes" : "no";
    if (lost && Date.now() - lostAt > LOST_REPEAT_MS) {
      tone(LOST);
      lostAt = Date.now();
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    const action = button?.dataset.do;
    if (action === "sound") {
      localStorage.setItem("desk-sound", sounding() ? "off" : "on");
    } else if (action === "theme") {
      const chosen = root.dataset.theme === "night" ? "day" : "night";
      document.cookie = `shouwang_theme=${chosen};path=/;max-age=31536000;samesite=lax`;
      showTheme();
    } else if (action === "language") {
      document.cookie = `shouwang_language=${button.dataset.language};path=/;max-age=31536000;samesite=lax`;
      location.reload();
      return;
    }
    if (wanted()) unlock();
    else showSound();
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("#popup > span").forEach((span, i) => (span.textContent = config.lost[i]));
    showSound();
    if (wanted()) unlock();
    setInterval(() => {
      tickAges();
      watchAlerts();
      watchConnection();
    }, 500);
  });
})();

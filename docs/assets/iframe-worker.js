// Browsers start no worker from file://. There, the site's search runs in a hidden frame instead.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const waiting = [];
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.title = "search";
      document.body.append(frame);
      const inside = frame.contentWindow;
      const script = inside.document.createElement("script");
      this.postMessage = (data) => waiting.push(data);
      const give = (data) => inside.dispatchEvent(new inside.MessageEvent("message", { data }));
      inside.postMessage = (data) => {
        const event = new MessageEvent("message", { data });
        this.dispatchEvent(event);
        if (this.onmessage) this.onmessage(event);
      };
      // The worker's language packs: read one after another, as a worker would.
      inside.importScripts = (...urls) =>
        urls.reduce(
          (before, one) =>
            before.then(
              () =>
                new Promise((done, failed) => {
                  const pack = inside.document.createElement("script");
                  pack.src = one;
                  pack.onload = done;
                  pack.onerror = failed;
                  inside.document.body.append(pack);
                }),
            ),
          Promise.resolve(),
        );
      script.src = url;
      script.onload = () => {
        this.postMessage = give;
        waiting.forEach(give);
      };
      inside.document.body.append(script);
      this.terminate = () => frame.remove();
    }
  };
}

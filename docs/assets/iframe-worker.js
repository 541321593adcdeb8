"use strict";
// A browser starts no worker for a page of the file system. There a hidden frame does the work of one: the worker's
// script runs in the frame, whose messages reach the page as a worker's would, and the other way round.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    #frame = document.createElement("iframe");
    #started;
    onmessage = null;
    onerror = null;

    constructor(address) {
      super();
      this.#frame.hidden = true;
      document.body.append(this.#frame);
      const inside = this.#frame.contentWindow;
      inside.document.write("<!doctype html><body>"); // else some browsers put another document there later
      inside.document.close();
      inside.postMessage = (data) => this.#tell("message", new MessageEvent("message", { data }));
      inside.importScripts = (...addresses) =>
        addresses.reduce((before, next) => before.then(() => this.#run(next)), Promise.resolve());
      this.#started = this.#run(address);
      this.#started.catch(() => this.#tell("error", new ErrorEvent("error", { filename: String(address) })));
    }

    postMessage(data) {
      const inside = this.#frame.contentWindow;
      this.#started.then(() => inside.dispatchEvent(new inside.MessageEvent("message", { data })), () => {});
    }

    terminate() {
      this.#frame.remove();
    }

    #run(address) {
      const script = this.#frame.contentDocument.createElement("script");
      script.src = new URL(address, document.baseURI);
      return new Promise((done, failed) => {
        script.onload = done;
        script.onerror = failed;
        this.#frame.contentDocument.body.append(script);
      });
    }

    #tell(kind, event) {
      setTimeout(() => {
        this.dispatchEvent(event);
        this[`on${kind}`]?.(event);
      });
    }
  };
}

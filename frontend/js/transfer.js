import { once, text } from "./dom.js";
import { toast } from "./toasts.js";

// Money to a person's WeChat: inside WeChat its bridge shows the transfer for confirmation; elsewhere we say so.
export const start = once(() => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-transfer]");
    if (!button) return;
    if (!window.WeixinJSBridge) return toast({ kind: "wait", text: text("wechat") });
    const { mchid: mchId, appid: appId, package: wanted } = button.dataset;
    window.WeixinJSBridge.invoke("requestMerchantTransfer", { mchId, appId, package: wanted }, () => {
      window.location.reload();
    });
  });
});

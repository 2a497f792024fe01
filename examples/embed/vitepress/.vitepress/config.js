export default {
  head: [["script", { src: "https://playground.example/embed.js", defer: "" }]],
  vue: {
    template: { compilerOptions: { isCustomElement: (tag) => tag === "evm-playground" } },
  },
};

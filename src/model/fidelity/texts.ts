/** Texts on which 8-bit models are compared with exact ones: everyday and technical, several languages, near and far. */
export const TEXTS: readonly string[] = [
  "JSON",
  "a text format for data",
  "The weather is nice today.",
  "It is a warm and sunny afternoon.",
  "How do I install a package?",
  "apt-get install postgresql && systemctl start it",
  "My order has not arrived yet, where is my parcel?",
  "The patient was given antibiotics for five days.",
  "Das Wetter ist heute schön.",
  "Il fait beau aujourd'hui à Paris.",
  "¿Dónde está la biblioteca?",
  "Сегодня хорошая погода.",
  "今天天气很好。",
  "今日は天気がいいです。",
  "الطقس جميل اليوم",
  "1234567890 = 42 * (x + y)",
];

// placeholder
document.title = "bertops";

// The tabs are drawn with the emergency dock (components/screen); this only keeps WeChat from drawing its own.
Component({})

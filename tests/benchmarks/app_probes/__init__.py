"""What `vimd benchmark app` measures: each module runs the real program in a process of its own."""

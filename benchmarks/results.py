"""placeholder"""
def on_postgresql(url, fresh): return []
